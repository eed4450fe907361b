using System.Net;
using System.Text;
using Gateway.Fakes;
using Xunit;

namespace Gateway.EndToEndTests.Realtime;

/// <summary>Before a session there is an ordinary request: its key, its model, its errors with their status.</summary>
public sealed class RealtimeUpgradeTests
{
    private const string Engine = "openai";

    [Fact]
    public async Task Upgrade_KeyAmongTheSubprotocols_IsTakenAndStaysBehind()
    {
        await using var environment = await TestEnvironment.StartAsync(Engine);
        using var client = new RealtimeClient(key: null);
        client.Socket.Options.AddSubProtocol("realtime");
        client.Socket.Options.AddSubProtocol($"openai-insecure-api-key.{RunningGateway.ClientKey}");
        client.Socket.Options.AddSubProtocol("openai-beta.realtime-v1");

        await client.ConnectAsync(environment.Gateway, environment.Engine.Model);

        Assert.Equal("realtime", client.Socket.SubProtocol);
        var received = Assert.Single(environment.Engine.Requests.Work);
        Assert.Equal("realtime, openai-beta.realtime-v1", received.Header("Sec-WebSocket-Protocol"));
        Assert.Equal($"Bearer {TestEnvironment.EngineKey}", received.Header("Authorization"));
        Assert.All(received.Headers, header => Assert.DoesNotContain(RunningGateway.ClientKey, header.Value.ToString(), StringComparison.Ordinal));
    }

    [Fact]
    public async Task Upgrade_WrongKeyAmongTheSubprotocols_Is401()
    {
        await using var environment = await TestEnvironment.StartAsync(Engine);
        using var client = new RealtimeClient(key: null);
        client.Socket.Options.AddSubProtocol("openai-insecure-api-key.wrong-key-0000");

        Assert.Equal(401, await client.RefusedAsync(environment.Gateway, environment.Engine.Model));
        Assert.Empty(environment.Engine.Requests.Work);
    }

    [Fact]
    public async Task Upgrade_Alias_IsRenamedInTheQuery()
    {
        await using var environment = await TestEnvironment.StartAsync(Engine, ("MODEL_ALIASES", "voice=gpt-4o-mini"));
        using var client = await RealtimeClient.ConnectedAsync(environment.Gateway, "voice");

        Assert.Equal("/v1/realtime?model=gpt-4o-mini", Assert.Single(environment.Engine.Requests.Work).Target);
    }

    [Theory]
    [InlineData(401, 502)]
    [InlineData(404, 404)]
    [InlineData(503, 503)]
    public async Task Upgrade_EngineRefuses_ClientGetsItsStatus(int status, int told)
    {
        await using var environment = await TestEnvironment.StartAsync(Engine);
        environment.Engine.Script.Always(Replies.Status(status, """{"error":{"message":"no","type":"invalid_request_error","param":null,"code":null}}"""));
        using var client = new RealtimeClient();

        Assert.Equal(told, await client.RefusedAsync(environment.Gateway, environment.Engine.Model));
        Assert.Equal("engine", client.Socket.HttpResponseHeaders![Answers.SourceHeader].Single());
    }

    [Fact]
    public async Task Upgrade_EngineAnswersAnOrdinaryPage_Is502()
    {
        await using var environment = await TestEnvironment.StartAsync(Engine);
        environment.Engine.Script.Always(Replies.Html);
        using var client = new RealtimeClient();

        Assert.Equal(502, await client.RefusedAsync(environment.Gateway, environment.Engine.Model));
    }

    [Fact]
    public async Task Upgrade_EngineIsSilent_Is504()
    {
        await using var environment = await TestEnvironment.StartAsync(Engine, ("GATEWAY_HEADERS_TIMEOUT_SECONDS", "0.3"));
        environment.Engine.Script.Always(Replies.StallBeforeHeaders);
        using var client = new RealtimeClient();

        Assert.Equal(504, await client.RefusedAsync(environment.Gateway, environment.Engine.Model));
        await environment.Engine.Requests.Work.Single().Aborted.WaitAsync(Wait.Deadline);
    }

    [Fact]
    public async Task Upgrade_OneReplicaBreaksOff_TheOtherTakesTheSession()
    {
        await using var first = await FakeEngine.StartAsync(Engine);
        await using var second = await FakeEngine.StartAsync(Engine);
        await using var gateway = await RunningGateway.StartAsync(new Dictionary<string, string>
        {
            ["BACKEND_KIND"] = Engine,
            ["BACKEND_BASE_URL"] = $"{first.BaseUrl},{second.BaseUrl}",
            ["GATEWAY_RETRIES"] = "2",
        });
        await gateway.WaitForModelsAsync();
        var left = 1;
        foreach (var engine in (FakeEngine[])[first, second])
        {
            engine.Script.When(_ => Interlocked.Decrement(ref left) >= 0, Replies.Cut(reset: true));
        }

        using var client = await RealtimeClient.ConnectedAsync(gateway, first.Model);
        await client.SendAsync("hello");

        Assert.Equal("hello", Encoding.UTF8.GetString((await client.ReceiveAsync())!));
        Assert.Equal("2", client.Socket.HttpResponseHeaders!["x-gateway-attempts"].Single());
    }

    [Fact]
    public async Task Upgrade_EngineIsAway_IsAnHttpError()
    {
        await using var environment = await TestEnvironment.StartAsync(Engine);
        await environment.Engine.StopAsync();
        using var client = new RealtimeClient();

        Assert.Contains(await client.RefusedAsync(environment.Gateway, environment.Engine.Model), (int[])[502, 503]);
        await environment.Engine.ResumeAsync();
    }

    [Fact]
    public async Task Request_NoUpgrade_Is426()
    {
        await using var environment = await TestEnvironment.StartAsync(Engine);

        using var answer = await environment.Client.GetAsync($"/v1/realtime?model={environment.Engine.Model}");

        await Answers.AssertGatewayErrorAsync(answer, 426, "upgrade_required");
        Assert.Empty(environment.Engine.Requests.Work);
    }

    [Theory]
    [InlineData("https://evil.example", "", 403)]
    [InlineData("https://chat.example", "https://chat.example", 101)]
    public async Task Upgrade_PageOfAnotherOriginAndNoKeys_NeedsToBeListed(string origin, string allowed, int status)
    {
        await using var environment = await TestEnvironment.StartAsync(Engine, ("API_KEYS", ""), ("GATEWAY_CORS_ORIGINS", allowed));
        using var client = new RealtimeClient(key: null);
        client.Socket.Options.SetRequestHeader("Origin", origin);
        if (status == 101)
        {
            await client.ConnectAsync(environment.Gateway, environment.Engine.Model);
            Assert.Equal(HttpStatusCode.SwitchingProtocols, client.Socket.HttpStatusCode);
            return;
        }

        Assert.Equal(status, await client.RefusedAsync(environment.Gateway, environment.Engine.Model));
    }
}
