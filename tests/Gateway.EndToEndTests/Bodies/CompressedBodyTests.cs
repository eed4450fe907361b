using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Xunit;
using ZstdSharp;

namespace Gateway.EndToEndTests.Bodies;

/// <summary>Requests whose body is compressed: engines get it plain, and what is no such body, or comes to too much, is refused.</summary>
public sealed class CompressedBodyTests(CompressedBodyTests.SmallGateway fixture) : IClassFixture<CompressedBodyTests.SmallGateway>
{
    private const int Megabyte = 1024 * 1024;

    public static TheoryData<string> Codings =>
        ["gzip", "GZIP", "x-gzip", "deflate", "raw deflate", "br", "zstd", "identity", "gzip, br", "deflate, identity, gzip", "zstd, gzip"];

    [Theory]
    [MemberData(nameof(Codings))]
    public async Task Json_Compressed_ReachesTheEnginePlain(string codings)
    {
        var engine = fixture.Environment.Engine;
        engine.Reset();
        var body = SampleRequest.Chat(engine.Model, more: $",\"user\":\"{new string('u', 20_000)}\"");

        using var answer = await SendAsync("/v1/chat/completions", "application/json", codings, Encoding.UTF8.GetBytes(body));

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        AssertPlain(Assert.Single(engine.Requests.Work), body);
    }

    [Theory]
    [MemberData(nameof(Codings))]
    public async Task Upload_Compressed_ReachesTheEnginePlain(string codings)
    {
        var engine = fixture.Environment.Engine;
        engine.Reset();
        var body = "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\n\r\n" + new string('x', 100_000) + "\r\n--b--\r\n";

        using var answer = await SendAsync("/v1/files", "multipart/form-data; boundary=b", codings, Encoding.UTF8.GetBytes(body));

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        AssertPlain(Assert.Single(engine.Requests.Work), body);
    }

    [Theory]
    [InlineData("compress")]
    [InlineData("lzma")]
    [InlineData("gzip, snappy")]
    [InlineData("gzip, gzip, gzip, gzip")]
    public async Task Coding_Unknown_Is415AndSaysWhatIsTaken(string codings)
    {
        foreach (var path in (string[])["/v1/chat/completions", "/v1/files", "/v1/messages"])
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = SampleRequest.Json("{}") };
            request.Content.Headers.TryAddWithoutValidation("Content-Encoding", codings);
            using var answer = await fixture.Environment.Client.SendAsync(request);

            Assert.Equal(HttpStatusCode.UnsupportedMediaType, answer.StatusCode);
            Assert.Equal("gzip, deflate, br, zstd", string.Join(", ", answer.Headers.GetValues("Accept-Encoding").SelectMany(value => value.Split(", "))));
            Assert.Contains(codings.Split(", ")[^1], Answers.Text(await Answers.ErrorAsync(answer), "message"), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("deflate")]
    [InlineData("br")]
    [InlineData("zstd")]
    public async Task Body_IsNotInItsCoding_Is400(string coding)
    {
        var sound = Encode(coding, Encoding.UTF8.GetBytes(SampleRequest.Chat(fixture.Environment.Engine.Model, more: $",\"user\":\"{Guid.NewGuid():N}{Guid.NewGuid():N}\"")));
        foreach (var body in (byte[][])["{\"model\":\"m\"}"u8.ToArray(), sound[..(sound.Length / 2)], [.. sound[..20], .. new byte[20]], sound[..1], [0xff, 0xfe, 0xfd]])
        {
            using var answer = await SendRawAsync("/v1/chat/completions", "application/json", coding, body);

            Assert.Equal("unreadable_body", Answers.Text(await Answers.ErrorAsync(answer), "code"));
            Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        }
    }

    // Half a gigabyte of blanks, packed into little.
    [Theory]
    [InlineData("gzip")]
    [InlineData("deflate")]
    [InlineData("br")]
    [InlineData("zstd")]
    [InlineData("gzip, gzip")]
    public async Task Body_ComesToTooMuch_Is413WithoutMemoryForIt(string codings)
    {
        var bomb = Encode(codings, new byte[256 * Megabyte]);
        var before = GC.GetTotalAllocatedBytes();

        foreach (var (path, type) in (ValueTuple<string, string>[])[("/v1/chat/completions", "application/json"), ("/v1/files", "text/plain")])
        {
            using var answer = await SendRawAsync(path, type, codings, bomb);
            await Answers.AssertGatewayErrorAsync(answer, 413, "request_too_large");
        }

        Assert.InRange(GC.GetTotalAllocatedBytes() - before, 0, 64 * Megabyte);
    }

    [Fact]
    public async Task Json_CompressedAndOverTheLimit_IsJudgedByWhatItComesTo()
    {
        var body = SampleRequest.Chat(fixture.Environment.Engine.Model, more: $",\"user\":\"{new string('u', Megabyte)}\"");

        using var answer = await SendAsync("/v1/chat/completions", "application/json", "gzip", Encoding.UTF8.GetBytes(body));

        await Answers.AssertGatewayErrorAsync(answer, 413, "request_too_large");
    }

    private static void AssertPlain(Fakes.ReceivedRequest request, string body)
    {
        Assert.Equal(body, request.Text);
        Assert.Equal(body.Length.ToString(System.Globalization.CultureInfo.InvariantCulture), request.Header("Content-Length"));
        Assert.Null(request.Header("Content-Encoding"));
        Assert.Null(request.Header("Content-MD5"));
    }

    private Task<HttpResponseMessage> SendAsync(string path, string type, string codings, byte[] body) =>
        SendRawAsync(path, type, codings.Replace("raw ", "", StringComparison.Ordinal), Encode(codings, body));

    private Task<HttpResponseMessage> SendRawAsync(string path, string type, string codings, byte[] body)
    {
        var content = new ByteArrayContent(body);
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        content.Headers.TryAddWithoutValidation("Content-Encoding", codings);
        content.Headers.TryAddWithoutValidation("Content-MD5", "AAAAAAAAAAAAAAAAAAAAAA==");
        return fixture.Environment.Client.PostAsync(path, content);
    }

    private static byte[] Encode(string codings, byte[] body) => codings.Split(", ").Aggregate(body, (bytes, coding) =>
    {
        using var coded = new MemoryStream();
        using (Stream stream = coding.ToLowerInvariant() switch
        {
            "gzip" or "x-gzip" => new GZipStream(coded, CompressionLevel.Fastest, leaveOpen: true),
            "deflate" => new ZLibStream(coded, CompressionLevel.Fastest, leaveOpen: true),
            "raw deflate" => new DeflateStream(coded, CompressionLevel.Fastest, leaveOpen: true),
            "br" => new BrotliStream(coded, CompressionLevel.Fastest, leaveOpen: true),
            "zstd" => new CompressionStream(coded, leaveOpen: true),
            _ => new BufferedStream(new Uncoded(coded)),
        })
        {
            stream.Write(bytes);
        }

        return coded.ToArray();
    });

    /// <summary>Leaves what it writes to open.</summary>
    private sealed class Uncoded(MemoryStream target) : MemoryStream
    {
        public override void Write(byte[] buffer, int offset, int count) => target.Write(buffer, offset, count);

        public override void Write(ReadOnlySpan<byte> buffer) => target.Write(buffer);
    }

    /// <summary>A gateway that takes bodies up to a megabyte.</summary>
    public sealed class SmallGateway : IAsyncLifetime
    {
        internal TestEnvironment Environment { get; private set; } = null!;

        public async Task InitializeAsync() => Environment = await TestEnvironment.StartAsync("openai", ("GATEWAY_MAX_BODY_MB", "1"));

        public async Task DisposeAsync() => await Environment.DisposeAsync();
    }
}
