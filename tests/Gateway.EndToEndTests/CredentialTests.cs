using System.Net;
using System.Net.WebSockets;
using Gateway.Engines.Endpoints;
using Gateway.Fakes;
using Xunit;

namespace Gateway.EndToEndTests;

/// <summary>No client's credential reaches an engine; no secret and no prompt reaches a client or the log.</summary>
public sealed class CredentialTests(EnginePool engines) : IClassFixture<EnginePool>
{
    private const string Secret = "someone-elses-secret";

    private static readonly string[] Carriers =
        ["api-key", "xi-api-key", "Cookie", "Proxy-Authorization", "OpenAI-Organization", "OpenAI-Project", "X-Forwarded-For", "Forwarded", "Origin", "Referer"];

    public static TheoryData<string> Engines => EngineRows.All;

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Request_CredentialsInEveryHeader_NoneReachesTheEngine(string engine)
    {
        var environment = await engines.ForAsync(engine);
        var request = SampleRequest.To(EndpointId.ChatCompletions, environment.Engine.Model);
        request.Headers.Add("x-api-key", RunningGateway.ClientKey);
        foreach (var name in Carriers)
        {
            request.Headers.TryAddWithoutValidation(name, $"https://{Secret}");
        }

        using var answer = await environment.Client.SendAsync(request);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var received = Assert.Single(environment.Engine.Requests.Work);
        Assert.All(received.Headers, header =>
        {
            Assert.DoesNotContain(Secret, header.Value.ToString(), StringComparison.Ordinal);
            Assert.DoesNotContain(RunningGateway.ClientKey, header.Value.ToString(), StringComparison.Ordinal);
        });
    }

    [Fact]
    public async Task WebSocket_KeyAmongTheSubprotocols_StaysBehind()
    {
        var environment = await engines.ForAsync("openai");
        using var deadline = new CancellationTokenSource(Wait.Deadline);
        using var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("x-api-key", RunningGateway.ClientKey);
        socket.Options.AddSubProtocol("realtime");
        socket.Options.AddSubProtocol($"openai-insecure-api-key.{Secret}");
        var url = new UriBuilder(new Uri(environment.Gateway.Url, $"/v1/realtime?model={environment.Engine.Model}")) { Scheme = "ws" };

        await socket.ConnectAsync(url.Uri, deadline.Token);

        Assert.Equal("realtime", Assert.Single(environment.Engine.Requests.Work).Header("Sec-WebSocket-Protocol"));
    }

    // Everything that goes wrong goes through the log and past the client; afterwards both are searched.
    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Everything_GoesRightAndWrong_NoSecretAndNoPromptIsSeen(string engine)
    {
        await using var environment = await TestEnvironment.StartAsync(engine);
        var echo = environment.Engine.ApiKey!;
        Reply[] replies =
        [
            Replies.Default,
            Replies.Status(500, "{\"error\":\"broken\"}"),
            Replies.Status(401, $"{{\"error\":{{\"message\":\"Incorrect API key provided: {echo}.\",\"type\":\"invalid_request_error\",\"param\":null,\"code\":\"invalid_api_key\"}}}}"),
            Replies.Header("WWW-Authenticate", $"Bearer realm=\"{echo}\"", Replies.Status(401)),
            Replies.Html,
            Replies.Cut(reset: true),
            Replies.CutAfterFrames(1, reset: true),
            Replies.Redirect($"https://user:{echo}@elsewhere.example/"),
            Replies.Header("Set-Cookie", $"key={echo}", Replies.Default),
        ];
        foreach (var reply in replies)
        {
            environment.Engine.Script.Next(reply);
            await AssertNoSecretAsync(environment);
        }

        await environment.Engine.StopAsync();
        await AssertNoSecretAsync(environment);
        await environment.Gateway.WaitForStateAsync("unreachable");
        Assert.All(environment.Gateway.Log.All, line =>
        {
            Assert.DoesNotContain(TestEnvironment.EngineKey, line, StringComparison.Ordinal);
            Assert.DoesNotContain(RunningGateway.ClientKey, line, StringComparison.Ordinal);
            Assert.DoesNotContain(SampleRequest.Prompt, line, StringComparison.Ordinal);
        });
    }

    [Theory]
    [InlineData("Authorization", "Bearer wrong-key-0000", "invalid_api_key")]
    [InlineData("Authorization", "Bearer", "missing_api_key")]
    [InlineData("Authorization", "Basic Y2xpZW50LWtleS0xZjBj", "missing_api_key")]
    [InlineData("x-api-key", "client-key-1f0", "invalid_api_key")]
    [InlineData("x-api-key", "client-key-1f0c0", "invalid_api_key")]
    [InlineData("x-other", "client-key-1f0c", "missing_api_key")]
    public async Task Key_WrongOrMissing_Is401AndReachesNoEngine(string header, string value, string code)
    {
        var environment = await engines.ForAsync("openai");
        var request = SampleRequest.To(EndpointId.ChatCompletions, environment.Engine.Model);
        request.Headers.TryAddWithoutValidation(header, value);

        using var answer = await environment.Gateway.Anonymous.SendAsync(request);

        await Answers.AssertGatewayErrorAsync(answer, 401, code);
        Assert.Equal("Bearer", answer.Headers.WwwAuthenticate.Single().Scheme);
        Assert.Empty(environment.Engine.Requests.Work);
    }

    [Theory]
    [InlineData("Authorization", "Bearer client-key-1f0c")]
    [InlineData("Authorization", "bearer   client-key-1f0c ")]
    [InlineData("x-api-key", "client-key-1f0c")]
    public async Task Key_InEitherHeader_IsTaken(string header, string value)
    {
        var environment = await engines.ForAsync("openai");
        var request = SampleRequest.To(EndpointId.ChatCompletions, environment.Engine.Model);
        request.Headers.TryAddWithoutValidation(header, value);

        using var answer = await environment.Gateway.Anonymous.SendAsync(request);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Theory]
    [InlineData("/v1/models")]
    [InlineData("/v1/models/any")]
    [InlineData("/v1/no-such-route")]
    [InlineData("/capabilities")]
    public async Task Key_MissingOnAnyRoute_TellsNothing(string path)
    {
        var environment = await engines.ForAsync("openai");

        using var answer = await environment.Gateway.Anonymous.GetAsync(path);

        await Answers.AssertGatewayErrorAsync(answer, 401, "missing_api_key");
    }

    private static async Task AssertNoSecretAsync(TestEnvironment environment)
    {
        using var answer = await environment.Client.SendAsync(
            SampleRequest.To(EndpointId.ChatCompletions, environment.Engine.Model, stream: true), HttpCompletionOption.ResponseHeadersRead);
        var (body, _) = await Answers.ReadToEndAsync(answer);
        Assert.DoesNotContain(TestEnvironment.EngineKey, System.Text.Encoding.UTF8.GetString(body), StringComparison.Ordinal);
        Assert.DoesNotContain(TestEnvironment.EngineKey, answer.Headers.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(environment.Engine.BaseUrl.Authority, System.Text.Encoding.UTF8.GetString(body), StringComparison.Ordinal);
    }
}
