using System.Net;
using System.Net.Sockets;
using Gateway.Engines;
using Gateway.Fakes;
using Gateway.Proxy.Health;
using Xunit;

namespace Gateway.EndToEndTests;

/// <summary>What each engine says of its health becomes one state, and the gateway's own health does not depend on it.</summary>
public sealed class HealthNormalisationTests
{
    public static TheoryData<string> Engines => EngineRows.All;

    public static TheoryData<string, string> Cases => EngineRows.Cases(fixtures => fixtures.Health);

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Ready_EngineAnswersItsProbe_TellsTheState(string engine, string name)
    {
        await using var fake = await FakeEngine.StartAsync(engine, TestEnvironment.EngineKey);
        var answer = fake.Dialect.Fixtures.Health.First(one => one.Case == name);
        fake.HealthAnswer = answer;
        await using var gateway = await RunningGateway.StartAsync(TestEnvironment.Settings(engine, fake.BaseUrl));
        var expected = Enum.Parse<EngineState>(answer.State!);

        await gateway.WaitForStateAsync(HealthEndpoints.Word(expected));
        await AssertReadyAsync(gateway, expected is EngineState.Ready or EngineState.Degraded);
        await AssertAliveAsync(gateway);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Ready_EngineRefusesConnections_IsWhatItsProfileSays(string engine)
    {
        var profile = EngineCatalog.Find(engine)!;
        using var closed = new Socket(SocketType.Stream, ProtocolType.Tcp);
        closed.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        await using var gateway = await RunningGateway.StartAsync(TestEnvironment.Settings(engine, new Uri($"http://{closed.LocalEndPoint}")));

        await gateway.WaitForStateAsync(HealthEndpoints.Word(profile.Health.Refused));
        await AssertReadyAsync(gateway, ready: false);
        await AssertAliveAsync(gateway);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Ready_EngineGoesAndComesBack_FollowsIt(string engine)
    {
        await using var environment = await TestEnvironment.StartAsync(engine);
        var model = environment.Engine.Model;

        await environment.Engine.StopAsync();
        using (var lost = await environment.Client.SendAsync(SampleRequest.To(Gateway.Engines.Endpoints.EndpointId.ChatCompletions, model)))
        {
            Assert.Contains((int)lost.StatusCode, new[] { 502, 503 });
        }

        await environment.Gateway.WaitForStateAsync("unreachable");
        await AssertReadyAsync(environment.Gateway, ready: false);
        Assert.Contains(model, await environment.Gateway.ModelsAsync());

        await environment.Engine.ResumeAsync();
        await environment.Gateway.WaitForStateAsync("ready");
        using var answer = await environment.Client.SendAsync(SampleRequest.To(Gateway.Engines.Endpoints.EndpointId.ChatCompletions, model));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    // A probe may never cost tokens or load a model: it is a GET of the profile's path, and nothing else.
    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Probe_EveryEngine_OnlyLooks(string engine)
    {
        await using var environment = await TestEnvironment.StartAsync(engine);

        Assert.Empty(environment.Engine.Requests.Work);
        Assert.All(environment.Engine.Requests.All, request => Assert.Equal("GET", request.Method));
        Assert.Contains(environment.Engine.Requests.All, request => request.Path == environment.Engine.Profile.Health.Path);
    }

    private static async Task AssertReadyAsync(RunningGateway gateway, bool ready)
    {
        foreach (var path in (string[])["/ready", "/readyz"])
        {
            using var answer = await gateway.Anonymous.GetAsync(path);
            Assert.Equal(ready ? HttpStatusCode.OK : HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        }
    }

    private static async Task AssertAliveAsync(RunningGateway gateway)
    {
        foreach (var path in (string[])["/health", "/healthz", "/livez"])
        {
            using var answer = await gateway.Anonymous.GetAsync(path);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.Contains("\"status\":\"ok\"", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }
    }
}
