using System.Text;
using Gateway.EndToEndTests.Realtime;
using Gateway.Engines.Endpoints;
using Gateway.Fakes;
using Gateway.Reload;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Gateway.EndToEndTests.Wire;

/// <summary>Keys of clients do not reach engines, the engine's key reaches nobody, and the admin key is nobody else's.</summary>
public sealed class SecretTests(EnginePool engines) : IClassFixture<EnginePool>
{
    private const string Key = TestEnvironment.EngineKey;

    /// <summary>What an engine answers with its key in it: status, type and body.</summary>
    public static TheoryData<int, string, string> Leaks => new()
    {
        { 400, "/v1/chat/completions", $$$"""{"error":{"message":"no {{{Key}}}","type":"t","param":null,"code":"c"}}""" },
        { 400, "/v1/chat/completions", $$$"""{"error":{"message":"no","type":"{{{Key}}}","param":"{{{Key}}}","code":"{{{Key}}}"}}""" },
        { 400, "/v1/chat/completions", $$$$"""{"error":{"message":"no","type":"t","param":null,"code":"c"},"request":{"headers":{"authorization":"Bearer {{{{Key}}}}"}}}""" },
        { 500, "/v1/chat/completions", $$$"""{"error":{"message":"no","type":"t","param":null,"code":"c","x":"{{{Key.Replace("e", "\\u0065", StringComparison.Ordinal)}}}"}}""" },
        { 400, "/v1/chat/completions", $$$"""{"detail":[{"msg":"no","input":"{{{Convert.ToBase64String(Encoding.UTF8.GetBytes("u:" + Key))}}}"}]}""" },
        { 503, "/v1/chat/completions", $"proxy failed with Authorization: Bearer {Key}" },
        { 401, "/v1/chat/completions", $$$"""{"error":{"message":"Incorrect API key provided: {{{Key}}}.","type":"invalid_request_error","param":null,"code":"invalid_api_key"}}""" },
        { 200, "/v1/chat/completions", $$$"""{"error":{"message":"no {{{Key}}}","type":"t","code":"{{{Key}}}"}}""" },
        { 200, "/v1/responses", $$$"""{"id":"r","object":"response","status":"failed","error":{"code":"server_error","message":"upstream said {{{Key}}}"},"output":[]}""" },
    };

    [Theory]
    [MemberData(nameof(Leaks))]
    public async Task EngineKey_InAnError_ReachesNobody(int status, string path, string body)
    {
        await using var environment = await TestEnvironment.StartAsync("openai");
        environment.Engine.Script.Always(Replies.Header("X-Debug", $"key={Key}", Replies.Header("X-Api-Key", Key, Replies.Status(status, body))));

        using var answer = await environment.Client.SendAsync(SampleRequest.Post(path, $$"""{"model":"{{environment.Engine.Model}}","input":"x","messages":[{"role":"user","content":"x"}]}"""));

        AssertHidden(await answer.Content.ReadAsStringAsync());
        AssertHidden(answer.Headers.ToString());
        Assert.All(environment.Gateway.Log.All, AssertHidden);
    }

    [Theory]
    [InlineData("""data: {"type":"response.failed","response":{"id":"r","status":"failed","error":{"code":"x","message":"no KEY"}}}""")]
    [InlineData("""event: error\ndata: {"type":"error","code":"x","message":"no KEY","param":null}""")]
    public async Task EngineKey_InAFailedStream_ReachesNobody(string last)
    {
        await using var environment = await TestEnvironment.StartAsync("openai");
        var stream = "data: {\"type\":\"response.created\",\"response\":{\"id\":\"r\",\"status\":\"in_progress\"}}\n\ndata: {\"type\":\"response.output_text.delta\",\"delta\":\"KEY\"}\n\n" + last.Replace("\\n", "\n", StringComparison.Ordinal) + "\n\n";
        environment.Engine.Script.Always(Replies.Stream(Encoding.UTF8.GetBytes(stream.Replace("no KEY", $"no {Key}", StringComparison.Ordinal))));

        using var answer = await environment.Client.SendAsync(SampleRequest.Post("/v1/responses", $$"""{"model":"{{environment.Engine.Model}}","input":"x","stream":true}"""), HttpCompletionOption.ResponseHeadersRead);
        var (body, _) = await Answers.ReadToEndAsync(answer);

        AssertHidden(Encoding.UTF8.GetString(body));
        Assert.Contains("no ***", Encoding.UTF8.GetString(body), StringComparison.Ordinal);
    }

    [Fact]
    public async Task EngineKey_InAWebSocketError_ReachesNobody()
    {
        await using var environment = await TestEnvironment.StartAsync("openai");
        var end = new TaskCompletionSource<SocketEnd>();
        environment.Engine.Script.Always(SocketReplies.Listen(end, $$$"""{"type":"error","error":{"message":"no {{{Key}}}","code":"x"}}""", "{\"type\":\"session.updated\" }"));
        using var client = await RealtimeClient.ConnectedAsync(environment.Gateway, environment.Engine.Model);

        Assert.Equal("""{"type":"error","error":{"message":"no ***","code":"x"}}""", Encoding.UTF8.GetString((await client.ReceiveAsync())!));
        Assert.Equal("{\"type\":\"session.updated\" }", Encoding.UTF8.GetString((await client.ReceiveAsync())!));
    }

    [Theory]
    [InlineData(401, """{"error":{"message":"Incorrect API key provided.","type":"invalid_request_error","param":null,"code":"invalid_api_key"}}""")]
    [InlineData(403, """{"error":{"message":"Invalid credentials","type":"permission_error","param":null,"code":null}}""")]
    [InlineData(401, "")]
    public async Task EngineKey_IsRefused_ClientIsToldThatItsOwnIsRight(int status, string body)
    {
        var environment = await engines.ForAsync("openai");
        environment.Engine.Script.Always(Replies.Status(status, body));

        using var answer = await environment.Client.SendAsync(SampleRequest.To(EndpointId.ChatCompletions, environment.Engine.Model));

        Assert.Equal(502, (int)answer.StatusCode);
        var error = await Answers.ErrorAsync(answer);
        Assert.Equal("upstream_error", Answers.Text(error, "code"));
        Assert.Contains("refuses this gateway's key", Answers.Text(error, "message")!, StringComparison.Ordinal);
        Assert.Single(environment.Engine.Requests.Work);
    }

    [Fact]
    public async Task ClientKey_InTheQuery_StaysHere()
    {
        var environment = await engines.ForAsync("openai");
        var request = SampleRequest.To(EndpointId.ChatCompletions, environment.Engine.Model);
        request.RequestUri = new Uri($"/v1/chat/completions?a=1%20b&api_key=x&key=y&access_token=z&api-key=w&hidden={RunningGateway.ClientKey}&max_tokens=5&page_token=t", UriKind.Relative);

        using var answer = await environment.Client.SendAsync(request);

        Assert.EndsWith("?a=1%20b&max_tokens=5&page_token=t", Assert.Single(environment.Engine.Requests.Work).Target, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ClientKey_UnderOtherNames_StaysHere()
    {
        var environment = await engines.ForAsync("openai");
        var request = SampleRequest.To(EndpointId.ChatCompletions, environment.Engine.Model);
        foreach (var name in (string[])["x-goog-api-key", "x-new-vendor-token", "cf-access-client-secret", "x-amz-security-token", "helicone-auth", "X-Plain-Name", "X-Forwarded-Authorization"])
        {
            request.Headers.TryAddWithoutValidation(name, name == "X-Plain-Name" ? $"user={RunningGateway.ClientKey}" : "somebodys-secret");
        }

        request.Headers.TryAddWithoutValidation("Idempotency-Key", "i-1");
        request.Headers.TryAddWithoutValidation("x-request-id", $"id-{RunningGateway.ClientKey}");
        using var answer = await environment.Client.SendAsync(request);

        var received = Assert.Single(environment.Engine.Requests.Work);
        Assert.Equal("i-1", received.Header("Idempotency-Key"));
        Assert.Equal($"Bearer {Key}", received.Header("Authorization"));
        Assert.All(received.Headers, header => Assert.DoesNotContain("somebodys-secret", header.Value.ToString(), StringComparison.Ordinal));
        Assert.All(received.Headers, header => Assert.DoesNotContain(RunningGateway.ClientKey, header.Value.ToString(), StringComparison.Ordinal));
    }

    [Fact]
    public async Task AdminKey_ChangedByAReload_IsTheOnlyOne()
    {
        await using var environment = await TestEnvironment.StartAsync("openai", ("ADMIN_API_KEY", "admin-key-old1"));
        var settings = TestEnvironment.Settings("openai", environment.Engine.BaseUrl, ("ADMIN_API_KEY", "admin-key-new2"), ("API_KEYS", $"tests:{RunningGateway.ClientKey}"));
        Assert.Empty(await environment.Gateway.Services.GetRequiredService<LiveGateway>().ReloadAsync(settings, "test", CancellationToken.None));

        foreach (var path in (string[])["/system-info", "/stats", "/backends"])
        {
            using var old = environment.Gateway.NewClient("admin-key-old1");
            using var now = environment.Gateway.NewClient("admin-key-new2");
            Assert.Equal(401, (int)(await old.GetAsync(path)).StatusCode);
            Assert.NotEqual(401, (int)(await now.GetAsync(path)).StatusCode);
        }
    }

    [Fact]
    public async Task Metrics_Head_IsOkWithoutABody()
    {
        var environment = await engines.ForAsync("openai");
        using var answer = await environment.Gateway.Anonymous.SendAsync(new HttpRequestMessage(HttpMethod.Head, "/metrics"));

        Assert.Equal((200, ""), ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync()));
    }

    private static void AssertHidden(string text)
    {
        Assert.DoesNotContain(Key, text, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(Convert.ToBase64String(Encoding.UTF8.GetBytes(Key))[..12], text, StringComparison.Ordinal);
    }
}
