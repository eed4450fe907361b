using System.Collections.Concurrent;
using System.IO.Compression;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Gateway.EndToEndTests.Observability;

/// <summary>A collector of traces on a real socket, in either of OTLP's two ways.</summary>
internal sealed class OtlpCollector : IAsyncDisposable
{
    private const string GrpcPath = "/opentelemetry.proto.collector.trace.v1.TraceService/Export";

    private readonly ConcurrentQueue<ReceivedSpan> _spans = [];
    private readonly ConcurrentQueue<string> _keys = [];
    private readonly WebApplication _app;

    private OtlpCollector(WebApplication app) => _app = app;

    public Uri Url => new(_app.Urls.Single());

    /// <summary>The header <c>x-collector</c> of each export.</summary>
    public IReadOnlyCollection<string> Keys => _keys;

    public static async Task<OtlpCollector> StartAsync(bool grpc)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = grpc ? HttpProtocols.Http2 : HttpProtocols.Http1));
        var app = builder.Build();
        var collector = new OtlpCollector(app);
        app.Run(grpc ? collector.TakeGrpcAsync : collector.TakeHttpAsync);
        await app.StartAsync();
        return collector;
    }

    /// <summary>Waits until so many spans of a trace have come.</summary>
    public async Task<IReadOnlyList<ReceivedSpan>> WaitAsync(string traceId, int count)
    {
        await Wait.UntilAsync(() => Of(traceId).Count >= count, $"{count} spans");
        return Of(traceId);
    }

    public IReadOnlyList<ReceivedSpan> Of(string traceId) => [.. _spans.Where(span => span.TraceId == traceId)];

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task TakeHttpAsync(HttpContext context)
    {
        if (context.Request.Path != "/v1/traces" || context.Request.ContentType != "application/x-protobuf")
        {
            context.Response.StatusCode = 404;
            return;
        }

        Take(context, await BodyAsync(context));
        context.Response.ContentType = "application/x-protobuf";
    }

    private async Task TakeGrpcAsync(HttpContext context)
    {
        if (context.Request.Path != GrpcPath)
        {
            context.Response.StatusCode = 404;
            return;
        }

        // One message: a byte that says whether it is packed, its length, and itself.
        var body = await BodyAsync(context);
        Take(context, body[0] == 0 ? body[5..] : Unpack(body[5..]));
        context.Response.ContentType = "application/grpc";
        await context.Response.Body.WriteAsync(new byte[5]);
        context.Response.AppendTrailer("grpc-status", "0");
    }

    private void Take(HttpContext context, byte[] export)
    {
        _keys.Enqueue(context.Request.Headers["x-collector"].ToString());
        foreach (var span in ReceivedSpan.ReadAll(export))
        {
            _spans.Enqueue(span);
        }
    }

    private static async Task<byte[]> BodyAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        return context.Request.Headers.ContentEncoding == "gzip" ? Unpack(body.ToArray()) : body.ToArray();
    }

    private static byte[] Unpack(byte[] packed)
    {
        using var body = new MemoryStream();
        using var gzip = new GZipStream(new MemoryStream(packed), CompressionMode.Decompress);
        gzip.CopyTo(body);
        return body.ToArray();
    }
}
