using Gateway.Fakes;

namespace Gateway.EndToEndTests.Faults;

/// <summary>A gateway in front of a few replicas of one engine, which fail when told to.</summary>
internal sealed class FaultRig : IAsyncDisposable
{
    private FaultRig(IReadOnlyList<FakeEngine> engines, RunningGateway gateway)
    {
        Engines = engines;
        Gateway = gateway;
    }

    public IReadOnlyList<FakeEngine> Engines { get; }

    public RunningGateway Gateway { get; }

    /// <summary>Requests that reached any of the engines, probes apart.</summary>
    public int Upstream => Engines.Sum(engine => engine.Requests.Work.Count);

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
            variables[name] = value;
        }

        var rig = new FaultRig(engines, await RunningGateway.StartAsync(variables));
        await rig.Gateway.WaitForModelsAsync();
        await Wait.UntilAsync(async () => (await rig.ReadyAsync()) == replicas, "every replica to be ready");
        engines.ForEach(engine => engine.Requests.Clear());
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
    }

    private async Task<int> ReadyAsync()
    {
        var text = await Gateway.Anonymous.GetStringAsync("/ready");
        using var json = System.Text.Json.JsonDocument.Parse(text);
        return json.RootElement.GetProperty("backends")[0].GetProperty("replicas").EnumerateArray().Count(replica => replica.GetProperty("state").GetString() == "ready");
    }
}
