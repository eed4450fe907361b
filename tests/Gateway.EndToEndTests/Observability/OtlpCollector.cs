using System.IO.Compression;
using WireMock;
using WireMock.RequestBuilders;
using WireMock.ResponseBuilders;
using WireMock.Server;
using WireMock.Settings;

namespace Gateway.EndToEndTests.Observability;

/// <summary>A collector of traces that takes every export, in either of OTLP's two protocols.</summary>
internal sealed class OtlpCollector : IDisposable
{
    private const string GrpcPath = "/opentelemetry.proto.collector.trace.v1.TraceService/Export";

    private readonly WireMockServer _server;
    private readonly bool _grpc;

    private OtlpCollector(bool grpc)
    {
        _grpc = grpc;
        _server = WireMockServer.Start(new WireMockServerSettings { Urls = [grpc ? "grpc://127.0.0.1:0/" : "http://127.0.0.1:0/"] });
        var (path, type) = grpc ? (GrpcPath, "application/grpc") : ("/v1/traces", "application/x-protobuf");
        var answer = Response.Create().WithHeader("Content-Type", type);
        _server.Given(Request.Create().WithPath(path).UsingPost().WithHeader("Content-Type", type)).RespondWith(
            grpc ? answer.WithTrailingHeader("grpc-status", "0").WithBody(new byte[5]) : answer);
    }

    public Uri Url => new(_server.Url!);

    /// <summary>The header <c>x-collector</c> of each export.</summary>
    public IReadOnlyCollection<string> Keys =>
        [.. Exports.Select(export => export.Headers!.TryGetValue("x-collector", out var key) ? key.ToString() : "")];

    private IEnumerable<IRequestMessage> Exports =>
        _server.LogEntries.Where(entry => entry.MappingGuid is not null).Select(entry => entry.RequestMessage!);

    public static OtlpCollector Start(bool grpc) => new(grpc);

    /// <summary>Waits until so many spans of a trace have come.</summary>
    public async Task<IReadOnlyList<ReceivedSpan>> WaitAsync(string traceId, int count)
    {
        await Wait.UntilAsync(() => Of(traceId).Count >= count, $"{count} spans");
        return Of(traceId);
    }

    public IReadOnlyList<ReceivedSpan> Of(string traceId) =>
        [.. Exports.SelectMany(export => ReceivedSpan.ReadAll(MessageOf(export.BodyAsBytes!))).Where(span => span.TraceId == traceId)];

    public void Dispose() => _server.Dispose();

    // With gRPC a message has a byte that says whether it is packed, and its length, before it.
    private byte[] MessageOf(byte[] body) => !_grpc ? body : body[0] == 0 ? body[5..] : Unpack(body[5..]);

    private static byte[] Unpack(byte[] packed)
    {
        using var body = new MemoryStream();
        using var gzip = new GZipStream(new MemoryStream(packed), CompressionMode.Decompress);
        gzip.CopyTo(body);
        return body.ToArray();
    }
}
