using Gateway.Engines;
using Gateway.Fakes;

namespace Gateway.EndToEndTests.Faults;

/// <summary>A gateway in front of an engine that is still loading its model.</summary>
internal sealed class LoadingEngine : IAsyncDisposable
{
    private LoadingEngine(FakeEngine engine, RunningGateway gateway)
    {
        Engine = engine;
        Gateway = gateway;
    }

    public FakeEngine Engine { get; }

    public RunningGateway Gateway { get; }

    public HttpClient Client => Gateway.Client;

    public static async Task<LoadingEngine> StartAsync(params (string Name, string Value)[] settings)
    {
        var engine = await FakeEngine.StartAsync("vllm", TestEnvironment.EngineKey);
        engine.State = EngineState.Loading;
        var environment = new LoadingEngine(engine, await RunningGateway.StartAsync(TestEnvironment.Settings("vllm", engine.BaseUrl, settings)));
        await environment.Gateway.WaitForStateAsync("loading");
        return environment;
    }

    public async ValueTask DisposeAsync()
    {
        await Gateway.DisposeAsync();
        await Engine.DisposeAsync();
    }
}
