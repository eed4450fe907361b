using System.Text;
using System.Text.Json;
using Xunit;

namespace Gateway.EndToEndTests;

/// <summary>Bodies and headers without measure: refused early, without being read and without memory for them.</summary>
public sealed class OversizeTests(OversizeTests.SmallGateway fixture) : IClassFixture<OversizeTests.SmallGateway>
{
    private const int Megabyte = 1024 * 1024;

    [Fact]
    public async Task ContentLength_OfAGigabyte_IsRefusedBeforeABody()
    {
        using var client = await RawClient.ConnectAsync(fixture.Environment.Gateway.Url);

        await client.SendAsync(RawClient.Head("POST", "/v1/chat/completions", "Content-Type: application/json", "Content-Length: 1073741824"));

        await AssertTooLargeAsync(client);
    }

    // What goes to the engine as it comes is held to the same limit.
    [Fact]
    public async Task Upload_OverTheLimit_IsRefused()
    {
        using var client = await RawClient.ConnectAsync(fixture.Environment.Gateway.Url);

        await client.SendAsync(RawClient.Head("POST", "/v1/files", "Content-Type: multipart/form-data; boundary=x", "Content-Length: 1073741824"));

        await AssertTooLargeAsync(client);
    }

    [Theory]
    [InlineData(1, 128 * 1024)]
    [InlineData(5000, 10)]
    [InlineData(200, 1000)]
    public async Task Headers_WithoutMeasure_AreRefused(int count, int length)
    {
        using var client = await RawClient.ConnectAsync(fixture.Environment.Gateway.Url);
        var headers = Enumerable.Range(0, count).Select(i => $"X-{i}: {new string('a', length)}").ToArray();

        await client.TrySendAsync(Encoding.ASCII.GetBytes(RawClient.Head("GET", "/v1/models", headers)));

        Assert.Equal(431, (await client.ReadAsync()).Status);
        Assert.Empty(fixture.Environment.Engine.Requests.Work);
    }

    [Fact]
    public async Task RequestLine_WithoutMeasure_IsRefused()
    {
        using var client = await RawClient.ConnectAsync(fixture.Environment.Gateway.Url);

        await client.TrySendAsync(Encoding.ASCII.GetBytes($"GET /v1/models/{new string('a', 64 * 1024)} HTTP/1.1\r\nHost: x\r\n\r\n"));

        Assert.Equal(414, (await client.ReadAsync()).Status);
    }

    [Theory]
    [InlineData("/v1/chat/completions", 1, 33 * 1024)]
    [InlineData("/v1/chat/completions", 120, 10)]
    [InlineData("/v1/models", 50, 1000)]
    [InlineData("/v1/messages", 1, 64 * 1024)]
    public async Task Headers_OverTheLimit_AreRefusedInTheEnvelopeOfTheApi(string path, int count, int length)
    {
        using var client = await RawClient.ConnectAsync(fixture.Environment.Gateway.Url);
        var headers = Enumerable.Range(0, count).Select(i => $"X-{i}: {new string('a', length)}").ToArray();
        var method = path == "/v1/models" ? "GET" : "POST";

        await client.SendAsync(RawClient.Head(method, path, [.. headers, "Content-Length: 0"]));
        AssertEnvelope(await client.ReadAsync(), 431, "request_headers_too_large", path);

        // Nothing unread is left on the connection.
        await client.SendAsync(RawClient.Head("GET", "/v1/models"));
        Assert.Equal(200, (await client.ReadAsync()).Status);
        Assert.Empty(fixture.Environment.Engine.Requests.Work);
    }

    [Theory]
    [InlineData("GET", "/v1/models/")]
    [InlineData("POST", "/v1/chat/completions?x=")]
    [InlineData("POST", "/v1/messages?x=")]
    public async Task RequestLine_OverTheLimit_IsRefusedInTheEnvelopeOfTheApi(string method, string target)
    {
        using var client = await RawClient.ConnectAsync(fixture.Environment.Gateway.Url);

        await client.SendAsync(RawClient.Head(method, target + new string('a', 8 * 1024), "Content-Length: 0"));

        AssertEnvelope(await client.ReadAsync(), 414, "uri_too_long", target);
        Assert.Empty(fixture.Environment.Engine.Requests.Work);
    }

    [Fact]
    public async Task Head_BelowTheLimits_IsServed()
    {
        using var client = await RawClient.ConnectAsync(fixture.Environment.Gateway.Url);
        var headers = Enumerable.Range(0, 90).Select(i => $"X-{i}: {new string('a', 300)}").ToArray();

        await client.SendAsync(RawClient.Head("GET", $"/v1/models?x={new string('a', 8000)}", headers));

        Assert.Equal(200, (await client.ReadAsync()).Status);
    }

    [Fact]
    public async Task Body_AtTheLimit_IsServed()
    {
        var model = fixture.Environment.Engine.Model;
        var padding = new string('a', Megabyte - SampleRequest.Chat(model, more: ",\"x\":\"\"").Length);
        fixture.Environment.Engine.Requests.Clear();

        using var served = await fixture.Environment.Client.SendAsync(SampleRequest.Post("/v1/chat/completions", SampleRequest.Chat(model, more: $",\"x\":\"{padding}\"")));
        using var refused = await fixture.Environment.Client.SendAsync(SampleRequest.Post("/v1/chat/completions", SampleRequest.Chat(model, more: $",\"x\":\"{padding}a\"")));

        Assert.Equal(200, (int)served.StatusCode);
        await Answers.AssertGatewayErrorAsync(refused, 413, "request_too_large");
        Assert.Equal(Megabyte, Assert.Single(fixture.Environment.Engine.Requests.Work).Body.Length);
        fixture.Environment.Engine.Requests.Clear();
    }

    private static void AssertEnvelope(RawResponse answer, int status, string code, string path)
    {
        using var body = JsonDocument.Parse(answer.Body);
        Assert.Equal((status, "gateway"), (answer.Status, answer.Headers[Answers.SourceHeader]));
        Assert.Contains("KiB", body.RootElement.GetProperty("error").GetProperty("message").GetString(), StringComparison.Ordinal);
        if (path.StartsWith("/v1/messages", StringComparison.Ordinal))
        {
            Assert.Equal(("error", "invalid_request_error"), (Answers.Text(body.RootElement, "type"), Answers.Text(body.RootElement.GetProperty("error"), "type")));
            return;
        }

        Assert.Equal(code, Answers.Text(body.RootElement.GetProperty("error"), "code"));
    }

    private async Task AssertTooLargeAsync(RawClient client)
    {
        var answer = await client.ReadAsync();
        Assert.Equal(413, answer.Status);
        Assert.Contains("request_too_large", answer.Text, StringComparison.Ordinal);
        Assert.Contains("GATEWAY_MAX_BODY_MB", answer.Text, StringComparison.Ordinal);
        Assert.True(await client.IsClosedAsync());
        Assert.Empty(fixture.Environment.Engine.Requests.Work);
    }

    /// <summary>A gateway that takes bodies up to a megabyte.</summary>
    public sealed class SmallGateway : IAsyncLifetime
    {
        internal TestEnvironment Environment { get; private set; } = null!;

        public async Task InitializeAsync() => Environment = await TestEnvironment.StartAsync("openai", ("GATEWAY_MAX_BODY_MB", "1"));

        public async Task DisposeAsync() => await Environment.DisposeAsync();
    }
}
