using System.Text;
using Gateway.Fakes;
using Xunit;

namespace Gateway.EndToEndTests.Wire;

/// <summary>Headers on the wire: any bytes pass, what belongs to one connection ends there, and each answer has its id.</summary>
public sealed class HeaderTests
{
    private const string Answer = """{"id":"c","object":"chat.completion","choices":[{"index":0,"message":{"role":"assistant","content":"hi"},"finish_reason":"stop"}]}""";

    // In ISO 8859-1, so that each character of a text here is one byte there.
    public static TheoryData<string, string> Values => new()
    {
        { "X-Title", Bytes("Zoë, 漢字 😀") },
        { "X-Title", "caf\xe9 \xff" },
        { "User-Agent", Bytes("Zoë/1.0") },
        { "Accept", Bytes("text/zoë") },
        { "traceparent", Bytes("Zoë") },
        { "Content-Language", "caf\xe9" },
        { "Referrer", Bytes("naïve") },
    };

    [Theory]
    [MemberData(nameof(Values))]
    public async Task Header_OfAnyBytes_PassesBothWaysInOneAttempt(string name, string value)
    {
        await using var engine = RawEngine.Start("openai");
        ReceivedRequest? received = null;
        engine.Answer = request =>
        {
            received = request;
            return new RawAnswer(Encoding.Latin1.GetBytes($"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nX-Returned: {value}\r\nContent-Disposition: attachment; filename=\"{value}\"\r\nContent-Length: {Answer.Length}\r\n\r\n{Answer}"), RawEnd.KeepAlive);
        };
        await using var gateway = await StartAsync(engine);
        using var client = await RawClient.ConnectAsync(gateway.Url);

        var answer = await SendAsync(client, engine, $"{name}: {value}");

        Assert.Equal(200, answer.Status);
        Assert.Equal("1", answer.Headers["x-gateway-attempts"]);
        Assert.Equal(value, answer.Headers["X-Returned"]);
        Assert.Equal($"attachment; filename=\"{value}\"", answer.Headers["Content-Disposition"]);
        Assert.Equal(value, received!.Header(name) is { } sent && sent != value ? Bytes(sent) : received.Header(name));
    }

    [Theory]
    [InlineData("Connection: X-Hop")]
    [InlineData("Connection: close, X-Hop")]
    [InlineData("Connection: keep-alive, X-Hop")]
    [InlineData("Connection: x-HOP ,keep-alive")]
    [InlineData("Connection: close\r\nConnection: X-Hop")]
    [InlineData("Connection: X-Hop\r\nConnection: keep-alive")]
    [InlineData("Connection: keep-alive\r\nConnection: X-Other\r\nConnection: X-Hop")]
    [InlineData("Connection: Upgrade, X-Hop\r\nUpgrade: h2c")]
    public async Task Header_NamedByConnection_EndsHere(string lines)
    {
        await using var engine = RawEngine.Start("openai");
        ReceivedRequest? received = null;
        engine.Answer = request =>
        {
            received = request;
            return RawAnswer.Sound(200, "application/json", Encoding.ASCII.GetBytes(Answer));
        };
        await using var gateway = await StartAsync(engine);
        using var client = await RawClient.ConnectAsync(gateway.Url);

        var answer = await SendAsync(client, engine, $"{lines}\r\nX-Hop: hop\r\nTE: trailers\r\nProxy-Connection: keep-alive\r\nX-Stays: yes");

        Assert.Equal((200, "yes"), (answer.Status, received!.Header("X-Stays")));
        Assert.Null(received.Header("X-Hop"));
        Assert.Null(received.Header("TE"));
        Assert.Null(received.Header("Proxy-Connection"));
    }

    [Fact]
    public async Task Connection_NamesNothing_IsKept()
    {
        await using var engine = RawEngine.Start("openai");
        engine.Answer = static _ => RawAnswer.Sound(200, "application/json", Encoding.ASCII.GetBytes(Answer));
        await using var gateway = await StartAsync(engine);
        using var client = await RawClient.ConnectAsync(gateway.Url);

        foreach (var line in (string[])["Connection: keep-alive", "Connection: keep-alive, TE\r\nTE: trailers", "X-None: 1"])
        {
            Assert.Equal(200, (await SendAsync(client, engine, line)).Status);
        }
    }

    [Fact]
    public async Task Answer_OfEveryRoute_HasTheRequestsId()
    {
        await using var environment = await TestEnvironment.StartAsync("openai", ("ADMIN_API_KEY", "admin-key-77aa"));
        foreach (var path in (string[])["/health", "/ready", "/v1/models", "/v1/nothing", "/capabilities", "/metrics", "/system-info", "/stats", "/console/", "/backends", "/"])
        {
            using var request = SampleRequest.WithId(new HttpRequestMessage(HttpMethod.Get, path), "id-of-mine");
            using var answer = await environment.Client.SendAsync(request);

            Assert.Equal("id-of-mine", Assert.Single(answer.Headers.GetValues("x-request-id")));
        }
    }

    [Fact]
    public async Task Answer_OfBytesThatBreakOffBeforeTheFirst_HasItsIdAndBackend()
    {
        await using var engine = RawEngine.Start("openai");
        engine.Answer = static _ => RawAnswer.Http("HTTP/1.1 200 OK\nContent-Type: audio/mpeg\nX-Control: a\u0001b\nContent-Length: 100\n\n", RawEnd.Reset);
        await using var gateway = await StartAsync(engine);
        using var request = SampleRequest.WithId(SampleRequest.Post("/v1/audio/speech", $$"""{"model":"{{engine.Model}}","input":"x","voice":"alloy"}"""), "id-of-mine");

        using var answer = await gateway.Client.SendAsync(request);

        Assert.Equal(502, (int)answer.StatusCode);
        Assert.Equal("id-of-mine", Assert.Single(answer.Headers.GetValues("x-request-id")));
        Assert.True(answer.Headers.Contains("x-gateway-backend"));
    }

    private static string Bytes(string text) => Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(text));

    private static async Task<RunningGateway> StartAsync(RawEngine engine)
    {
        var gateway = await RunningGateway.StartAsync(TestEnvironment.Settings("openai", engine.BaseUrl, ("GATEWAY_RETRIES", "2")));
        await gateway.WaitForModelsAsync();
        return gateway;
    }

    private static async Task<RawResponse> SendAsync(RawClient client, RawEngine engine, string lines)
    {
        var body = SampleRequest.Chat(engine.Model);
        await client.SendAsync(RawClient.Head("POST", "/v1/chat/completions", "Content-Type: application/json", $"Content-Length: {Encoding.UTF8.GetByteCount(body)}", lines) + body);
        return await client.ReadAsync();
    }
}
