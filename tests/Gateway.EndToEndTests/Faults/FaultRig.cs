using Gateway.Fakes;

namespace Gateway.EndToEndTests.Faults;

/// <summary>A gateway in front of a few replicas of one engine, which fail when told to.</summary>
internal sealed class FaultRig : IAsyncDisposable
{
    /// <summary>The name under which the spare engine of <c>StartWithSpareAsync</c> knows its model.</summary>
    public const string SpareModel = "spare-model";

    private readonly TemporaryFolder? _folder;

    private FaultRig(IReadOnlyList<FakeEngine> engines, RunningGateway gateway, TemporaryFolder? folder = null)
    {
        Engines = engines;
        Gateway = gateway;
        _folder = folder;
    }

    public IReadOnlyList<FakeEngine> Engines { get; }

    public RunningGateway Gateway { get; }

    /// <summary>Requests that reached any of the engines, probes apart.</summary>
    public int Upstream => Engines.Sum(engine => engine.Requests.Work.Count);

    /// <param name="replicas">How many engines are started.</param>
    /// <param name="settings">Variables; <c>{engines}</c> in a value stands for the engines' URLs.</param>
    public static async Task<FaultRig> StartAsync(int replicas, params (string Name, string Value)[] settings)
    {
        var engines = new List<FakeEngine>();
        for (var i = 0; i < replicas; i++)
        {
            engines.Add(await FakeEngine.StartAsync("vllm"));
        }

        var variables = new Dictionary<string, string>
        {
            ["BACKEND_KIND"] = "vllm",
            ["BACKEND_BASE_URL"] = string.Join(',', engines.Select(engine => engine.BaseUrl)),
            ["GATEWAY_RETRIES"] = "2",
        };
        foreach (var (name, value) in settings)
        {
            variables[name] = value.Replace("{engines}", variables["BACKEND_BASE_URL"], StringComparison.Ordinal);
        }

        var rig = new FaultRig(engines, await RunningGateway.StartAsync(variables));
        await rig.Gateway.WaitForModelsAsync();
        await Wait.UntilAsync(async () => (await rig.ReadyAsync()) == replicas, "every replica to be ready");
        engines.ForEach(engine => engine.Requests.Clear());
        return rig;
    }

    /// <summary>The engines of the first backend of a rig with a spare one.</summary>
    public IReadOnlyList<FakeEngine> Mains => [.. Engines.SkipLast(1)];

    public FakeEngine Spare => Engines[^1];

    /// <summary>Two backends: <c>main</c>, and <c>spare</c> of one engine, which answers with another model when <c>main</c> does not.</summary>
    /// <param name="main">More of the first backend, in the file's words.</param>
    /// <param name="spare">More of the second one.</param>
    /// <param name="settings">Variables.</param>
    public static Task<FaultRig> StartWithSpareAsync(string main = "", string spare = "", params (string Name, string Value)[] settings) =>
        StartWithSpareAsync(1, main, spare, settings);

    /// <inheritdoc cref="StartWithSpareAsync(string,string,ValueTuple{string,string}[])"/>
    /// <param name="replicas">How many engines <c>main</c> has.</param>
    public static async Task<FaultRig> StartWithSpareAsync(int replicas, string main = "", string spare = "", params (string Name, string Value)[] settings)
    {
        var engines = new List<FakeEngine>();
        for (var i = 0; i < replicas; i++)
        {
            engines.Add(await FakeEngine.StartAsync("vllm"));
        }

        var urls = string.Join(", ", engines.Select(static engine => $"\"{engine.BaseUrl}\""));
        engines.Add(await FakeEngine.StartAsync(new FakeEngineOptions { Dialect = "vllm", Model = SpareModel }));
        var folder = new TemporaryFolder();
        var file = folder.Write("gateway.yaml", $$"""
            backends:
              - {name: main, kind: vllm, urls: [{{urls}}]{{main}}}
              - {name: spare, kind: vllm, url: "{{engines[^1].BaseUrl}}"{{spare}}}
            fallbacks: {"{{engines[0].Model}}": [spare/{{SpareModel}}]}
            """);
        var variables = new Dictionary<string, string> { ["GATEWAY_CONFIG"] = file, ["GATEWAY_RETRIES"] = "2" };
        foreach (var (name, value) in settings)
        {
            variables[name] = value;
        }

        var rig = new FaultRig(engines, await RunningGateway.StartAsync(variables), folder);
        await Wait.UntilAsync(async () => (await rig.Gateway.ModelsAsync()).Contains(SpareModel) && (await rig.Gateway.ModelsAsync()).Contains(engines[0].Model), "both models to be listed");
        await Wait.UntilAsync(async () => await rig.ReadyAsync() == engines.Count, "every replica to be ready");
        engines.ForEach(static engine => engine.Requests.Clear());
        return rig;
    }

    /// <summary>Whichever replica is asked, the first so many requests get this reply.</summary>
    public void First(int times, Reply reply)
    {
        var left = times;
        foreach (var engine in Engines)
        {
            engine.Script.When(_ => Interlocked.Decrement(ref left) >= 0, reply);
        }
    }

    public void Always(Reply reply) => First(int.MaxValue, reply);

    public Task<HttpResponseMessage> ChatAsync(bool stream = false) => Gateway.Client.SendAsync(
        SampleRequest.Post("/v1/chat/completions", SampleRequest.Chat(Engines[0].Model, stream)), HttpCompletionOption.ResponseHeadersRead);

    public async ValueTask DisposeAsync()
    {
        await Gateway.DisposeAsync();
        foreach (var engine in Engines)
        {
            await engine.DisposeAsync();
        }

        _folder?.Dispose();
    }

    private async Task<int> ReadyAsync()
    {
        var text = await Gateway.Anonymous.GetStringAsync("/ready");
        using var json = System.Text.Json.JsonDocument.Parse(text);
        return json.RootElement.GetProperty("backends").EnumerateArray().SelectMany(backend => backend.GetProperty("replicas").EnumerateArray()).Count(replica => replica.GetProperty("state").GetString() == "ready");
    }
}
