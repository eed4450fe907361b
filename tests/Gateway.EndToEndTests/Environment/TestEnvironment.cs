using Gateway.Fakes;

namespace Gateway.EndToEndTests;

/// <summary>A gateway with a fake engine of one dialect behind it, both on real sockets.</summary>
internal sealed class TestEnvironment : IAsyncDisposable
{
    /// <summary>The engine's own key, where the engine knows keys.</summary>
    public const string EngineKey = "engine-key-9d3a";

    private TestEnvironment(FakeEngine engine, RunningGateway gateway)
    {
        Engine = engine;
        Gateway = gateway;
    }

    public FakeEngine Engine { get; }

    public RunningGateway Gateway { get; }

    public HttpClient Client => Gateway.Client;

    /// <summary>Starts both and waits until the gateway has seen the engine ready and its models.</summary>
    public static async Task<TestEnvironment> StartAsync(string engineId, params (string Name, string Value)[] settings)
    {
        var engine = await FakeEngine.StartAsync(engineId, EngineKey);
        var environment = new TestEnvironment(engine, await RunningGateway.StartAsync(Settings(engine.Profile.Id, engine.BaseUrl, settings)));
        await environment.Gateway.WaitForStateAsync("ready");
        await environment.Gateway.WaitForModelsAsync();
        return environment;
    }

    /// <summary>The settings of a gateway in front of one engine.</summary>
    public static Dictionary<string, string> Settings(string engineId, Uri url, params (string Name, string Value)[] settings)
    {
        var variables = new Dictionary<string, string>
        {
            ["BACKEND_KIND"] = engineId,
            ["BACKEND_BASE_URL"] = new Uri(url, "/v1").ToString(),
            ["BACKEND_API_KEY"] = EngineKey,
        };
        foreach (var (name, value) in settings)
        {
            variables[name] = value;
        }

        return variables;
    }

    /// <summary>Waits for the next piece of work that reaches the engine.</summary>
    public Task<ReceivedRequest> WorkAsync() => Engine.Requests.WaitForWorkAsync(Wait.Deadline);

    public async ValueTask DisposeAsync()
    {
        await Gateway.DisposeAsync();
        await Engine.DisposeAsync();
    }
}
