using System.Text;
using Xunit;

namespace Gateway.EndToEndTests.Bodies;

/// <summary>A refusal comes before the body does. Clients that write all of it before they read must get the refusal all the same.</summary>
public sealed class RefusalTests
{
    private const int Megabyte = 1024 * 1024;

    [Theory]
    [InlineData("/v1/chat/completions", RunningGateway.ClientKey, 413)]
    [InlineData("/v1/files", RunningGateway.ClientKey, 413)]
    [InlineData("/v1/chat/completions", "no-such-key-1", 401)]
    [InlineData("/v1/files", "no-such-key-1", 401)]
    [InlineData("/v1/nothing", RunningGateway.ClientKey, 404)]
    [InlineData("/v1/models", RunningGateway.ClientKey, 405)]
    [InlineData("/backends/apply", "no-such-key-1", 401)]
    public async Task Refusal_CallerWritesManyMegabytesFirst_ReachesIt(string path, string key, int status)
    {
        await using var environment = await TestEnvironment.StartAsync("openai", ("GATEWAY_MAX_BODY_MB", "1"), ("ADMIN_API_KEY", "admin-key-0b1d"));
        foreach (var chunked in (bool[])[false, true])
        {
            using var client = await RawClient.ConnectAsync(environment.Gateway.Url);
            var head = $"POST {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {key}\r\nContent-Type: application/json\r\n";
            await client.SendAsync(head + (chunked ? "Transfer-Encoding: chunked\r\n\r\n" : $"Content-Length: {24 * Megabyte}\r\n\r\n"));
            var piece = new byte[Megabyte];
            Array.Fill(piece, (byte)' ');
            for (var i = 0; i < 24; i++)
            {
                await client.SendAsync(chunked ? [.. "100000\r\n"u8, .. piece, .. "\r\n"u8] : piece);
            }

            if (chunked)
            {
                await client.SendAsync("0\r\n\r\n");
            }

            var answer = await client.ReadAsync();
            Assert.Equal((chunked, status), (chunked, answer.Status));
            Assert.Contains("\"error\"", answer.Text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task RateLimit_CallerWritesManyMegabytesFirst_ReachesItAndKeepsTheConnection()
    {
        using var folder = new TemporaryFolder();
        var file = folder.Write("gateway.yaml", "keys: [{name: slow, key: slow-key-11aa, requests_per_minute: 1}]\n");
        await using var environment = await TestEnvironment.StartAsync("openai", ("GATEWAY_CONFIG", file));
        using var client = await RawClient.ConnectAsync(environment.Gateway.Url);
        var body = new string(' ', 8 * Megabyte);
        var request = $"POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer slow-key-11aa\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n{body}";

        await client.SendAsync(request);
        Assert.Equal(400, (await client.ReadAsync()).Status);
        await client.SendAsync(request);
        Assert.Equal(429, (await client.ReadAsync()).Status);
        await client.SendAsync(RawClient.Head("GET", "/v1/models"));
        Assert.Equal(200, (await client.ReadAsync()).Status);
    }

    [Theory]
    [InlineData("/v1/chat/completions", RunningGateway.ClientKey, 413)]
    [InlineData("/v1/files", RunningGateway.ClientKey, 413)]
    [InlineData("/v1/chat/completions", "no-such-key-1", 401)]
    [InlineData("/v1/nothing", RunningGateway.ClientKey, 404)]
    public async Task Refusal_CallerAsksFirst_IsNotAskedForTheBody(string path, string key, int status)
    {
        await using var environment = await TestEnvironment.StartAsync("openai", ("GATEWAY_MAX_BODY_MB", "1"));
        using var client = await RawClient.ConnectAsync(environment.Gateway.Url);
        await client.SendAsync($"POST {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {key}\r\nContent-Type: application/json\r\nExpect: 100-continue\r\nContent-Length: {2 * Megabyte}\r\n\r\n");

        // The first line that comes is the refusal's: no 100 is before it.
        var answer = await client.ReadAsync();
        Assert.Equal((status, "close"), (answer.Status, answer.Headers["Connection"]));
        Assert.True(await client.IsClosedAsync());
    }

    [Fact]
    public async Task Request_CallerAsksFirst_IsAskedForTheBody()
    {
        await using var environment = await TestEnvironment.StartAsync("openai");
        using var client = await RawClient.ConnectAsync(environment.Gateway.Url);
        var body = SampleRequest.Chat(environment.Engine.Model);
        await client.SendAsync(RawClient.Head("POST", "/v1/chat/completions", "Content-Type: application/json", "Expect: 100-continue", $"Content-Length: {body.Length}"));

        Assert.Equal(100, (await client.ReadAsync()).Status);
        await client.SendAsync(Encoding.UTF8.GetBytes(body));
        Assert.Equal(200, (await client.ReadAsync()).Status);
    }
}
