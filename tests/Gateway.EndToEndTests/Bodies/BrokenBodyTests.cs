using System.Text;
using System.Text.Json;
using Xunit;

namespace Gateway.EndToEndTests.Bodies;

/// <summary>Bodies that cannot be read to their end: always an error in the envelope and a connection that closes, never a 200 and nothing.</summary>
public sealed class BrokenBodyTests(BrokenBodyTests.Rig rig) : IClassFixture<BrokenBodyTests.Rig>
{
    private const string Json = "application/json";
    private const string Form = "multipart/form-data; boundary=abc";

    public static TheoryData<string, string> Endpoints => new()
    {
        { "/v1/chat/completions", Json }, { "/v1/messages", Json }, { "/v1/responses", Json }, { "/v1/embeddings", Json },
        { "/v1/audio/transcriptions", Form }, { "/v1/files", Form }, { "/v1/batches", Json }, { "/v1/threads", Json },
    };

    private static readonly string[] BrokenChunks =
    [
        "zz\r\n", "\r\n", "-1\r\n", "0x5\r\nhello\r\n", "5 5\r\n", "5\r\nhelloXX", "5;a=\nhello\r\n0\r\n\r\n", "fffffffffffffffff\r\n", "ffffffff\r\n{", "7ffffff0\r\n{", "7\r\n{\"a\":1}\r\nzz\r\n", "7\r\n{\"a\":1}\r\nfffffffffffffffff\r\n",
    ];

    [Theory]
    [MemberData(nameof(Endpoints))]
    public async Task Chunks_AreNotFramed_Is400InTheEnvelope(string path, string type)
    {
        foreach (var chunk in BrokenChunks)
        {
            // The size of a chunk may be beyond all limits and still be a number.
            var status = chunk.StartsWith("7ffffff0", StringComparison.Ordinal) ? 413 : 400;
            using var client = await RawClient.ConnectAsync(rig.Environment.Gateway.Url);
            await client.SendAsync(RawClient.Head("POST", path, $"Content-Type: {type}", "Transfer-Encoding: chunked") + chunk);
            if (status == 413)
            {
                await client.TrySendAsync(new byte[2 * 1024 * 1024]);
            }

            AssertRefused(await client.ReadAsync(), status, path);
            Assert.True(await client.IsClosedAsync());
        }
    }

    [Theory]
    [InlineData("/v1/chat/completions", Json)]
    [InlineData("/v1/messages", Json)]
    [InlineData("/v1/files", Form)]
    public async Task Body_StaysAway_Is408(string path, string type)
    {
        using var client = await RawClient.ConnectAsync(rig.Environment.Gateway.Url);

        await client.SendAsync(RawClient.Head("POST", path, $"Content-Type: {type}", "Content-Length: 3000") + "{\"model\":");

        AssertRefused(await client.ReadAsync(), 408, path);
        Assert.True(await client.IsClosedAsync());
    }

    [Fact]
    public async Task Caller_LeavesInTheMiddleOfTheBody_IsNoError()
    {
        using (var client = await RawClient.ConnectAsync(rig.Environment.Gateway.Url))
        {
            await client.SendAsync(RawClient.Head("POST", "/v1/chat/completions", "Content-Type: application/json", "x-request-id: left-early", "Content-Length: 3000") + "{\"model\":");
        }

        Assert.Contains(" 499 Canceled", await rig.Environment.Gateway.Log.WaitForAsync("id=left-early"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ChunkedUpload_OverTheLimit_Is413AndEndsTheEnginesRequest()
    {
        using var client = await RawClient.ConnectAsync(rig.Environment.Gateway.Url);
        await client.SendAsync(RawClient.Head("POST", "/v1/files", $"Content-Type: {Form}", "Transfer-Encoding: chunked"));
        var chunk = Encoding.ASCII.GetBytes($"10000\r\n{new string('a', 0x10000)}\r\n");
        for (var i = 0; i < 40; i++)
        {
            await client.SendAsync(chunk);
        }

        AssertRefused(await client.ReadAsync(), 413, "/v1/files");
    }

    [Theory]
    [InlineData("Content-Length: 5", "Transfer-Encoding: chunked")]
    [InlineData("Transfer-Encoding: chunked", "Content-Length: 5")]
    [InlineData("Transfer-Encoding: identity, chunked", "X: y")]
    [InlineData("Transfer-Encoding: gzip, chunked", "X: y")]
    [InlineData("Transfer-Encoding: chunked, chunked", "X: y")]
    [InlineData("Transfer-Encoding: chunked", "Transfer-Encoding: chunked")]
    [InlineData("Transfer-Encoding: chunked", "Transfer-Encoding: identity")]
    [InlineData("Transfer-Encoding: identity", "X: y")]
    [InlineData("Transfer-Encoding: xchunked", "X: y")]
    [InlineData("Transfer-Encoding: \"chunked\"", "X: y")]
    [InlineData("Transfer-Encoding: chunked;q=1", "X: y")]
    [InlineData("Transfer-Encoding : chunked", "X: y")]
    [InlineData("Transfer-Encoding:", "X: y")]
    [InlineData("X: y\r\n folded: z", "Content-Length: 2")]
    [InlineData("Transfer-Encoding:\r\n chunked", "X: y")]
    [InlineData("X: y\nTransfer-Encoding: chunked", "Content-Length: 2")]
    [InlineData("X: a\rb", "Content-Length: 2")]
    [InlineData("X: a\0b", "Content-Length: 2")]
    [InlineData("Content-Length: 2", "Content-Length: 2")]
    [InlineData("Content-Length: 2", "Content-Length: 20")]
    [InlineData("Content-Length: 2, 2", "X: y")]
    [InlineData("Content-Length: +2", "X: y")]
    [InlineData("Content-Length: -2", "X: y")]
    [InlineData("Content-Length: 999999999999999999999999999999", "X: y")]
    [InlineData("Content-Length:", "X: y")]
    [InlineData("Content-Length: 2\u00a0", "X: y")]
    [InlineData("Content-Length: 0x2", "X: y")]
    [InlineData("Content-Length: 2 2", "X: y")]
    [InlineData("Content-Length : 2", "X: y")]
    [InlineData("Content-Length: 99999999999999999999", "X: y")]
    public async Task Head_ItsBodyHasTwoEnds_Is400AndCloses(string first, string second)
    {
        rig.Environment.Engine.Reset();
        foreach (var path in (string[])["/v1/chat/completions", "/v1/messages", "/v1/files", "/health", "/nothing"])
        {
            using var client = await RawClient.ConnectAsync(rig.Environment.Gateway.Url);
            await client.SendAsync(RawClient.Head("POST", path, "Content-Type: application/json", first, second) + "0\r\n\r\nGET /hidden HTTP/1.1\r\nHost: x\r\n\r\n");

            Assert.Equal((path, 400), (path, (await client.ReadAsync()).Status));
            Assert.True(await client.IsClosedAsync());
        }

        Assert.Empty(rig.Environment.Engine.Requests.Work);
    }

    [Theory]
    [InlineData("HTTP/1.0", "Transfer-Encoding: chunked")]
    [InlineData("HTTP/1.1", "Content-Length: 2\r\nTransfer-Encoding: chunked")]
    public async Task Head_ItsBodyHasTwoEnds_IsToldInTheEnvelope(string version, string headers)
    {
        foreach (var path in (string[])["/v1/chat/completions", "/v1/messages", "/backends", "/metrics"])
        {
            using var client = await RawClient.ConnectAsync(rig.Environment.Gateway.Url);
            await client.SendAsync($"POST {path} {version}\r\nHost: x\r\nAuthorization: Bearer {RunningGateway.ClientKey}\r\n{headers}\r\n\r\n0\r\n\r\n");

            AssertRefused(await client.ReadAsync(), 400, path);
        }
    }

    [Theory]
    [InlineData("POST /v1/chat/completions HTTP/1.1\nHost: x\nContent-Length: 2\n\n{}")]
    [InlineData("POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nHost: y\r\nContent-Length: 2\r\n\r\n{}")]
    [InlineData("POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\n{}")]
    [InlineData("POST  /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}")]
    [InlineData("POST\t/v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}")]
    public async Task Head_IsNotAsHttpHasIt_Is400(string request)
    {
        using var client = await RawClient.ConnectAsync(rig.Environment.Gateway.Url);
        await client.SendAsync(request);

        Assert.Equal(400, (await client.ReadAsync()).Status);
        Assert.True(await client.IsClosedAsync());
    }

    [Theory]
    [InlineData("Transfer-Encoding: chunked")]
    [InlineData("transfer-encoding:  Chunked \t")]
    public async Task Chunks_Sound_AreServed(string header)
    {
        rig.Environment.Engine.Reset();
        using var client = await RawClient.ConnectAsync(rig.Environment.Gateway.Url);
        var body = SampleRequest.Chat(rig.Environment.Engine.Model);
        await client.SendAsync(RawClient.Head("POST", "/v1/chat/completions", "Content-Type: application/json", header) + $"3;x=1\r\n{body[..3]}\r\n{body.Length - 3:X}\r\n{body[3..]}\r\n0\r\nTrailer: x\r\n\r\n");

        Assert.Equal(200, (await client.ReadAsync()).Status);
        Assert.Equal(body, Assert.Single(rig.Environment.Engine.Requests.Work).Text);
    }

    [Fact]
    public async Task ManagementBody_Broken_Is400()
    {
        using var client = await RawClient.ConnectAsync(rig.Environment.Gateway.Url);
        await client.SendAsync($"POST /backends/apply HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {Rig.AdminKey}\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n");

        AssertRefused(await client.ReadAsync(), 400, "/backends/apply");
        Assert.True(await client.IsClosedAsync());
    }

    private static void AssertRefused(RawResponse answer, int status, string path)
    {
        Assert.Equal((path, status), (path, answer.Status));
        Assert.Equal("close", answer.Headers["Connection"]);
        using var body = JsonDocument.Parse(answer.Body);
        var error = body.RootElement.GetProperty("error");
        Assert.NotEmpty(Answers.Text(error, "message")!);
        Assert.Equal(path == "/v1/messages" ? "error" : null, Answers.Text(body.RootElement, "type"));
    }

    /// <summary>A gateway that takes bodies up to a megabyte.</summary>
    public sealed class Rig : IAsyncLifetime
    {
        internal const string AdminKey = "admin-key-0b1d";

        internal TestEnvironment Environment { get; private set; } = null!;

        public async Task InitializeAsync() =>
            Environment = await TestEnvironment.StartAsync("openai", ("GATEWAY_MAX_BODY_MB", "1"), ("ADMIN_API_KEY", AdminKey), ("GATEWAY_MANAGEMENT", "on"), ("GATEWAY_NODES", "none=tcp://127.0.0.1:9"));

        public async Task DisposeAsync() => await Environment.DisposeAsync();
    }
}
