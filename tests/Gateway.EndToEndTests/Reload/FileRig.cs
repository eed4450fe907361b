using System.Net.Http.Json;
using System.Text.Json;
using Gateway.Fakes;
using Gateway.Reload;
using Microsoft.Extensions.DependencyInjection;

namespace Gateway.EndToEndTests.Reload;

/// <summary>A gateway whose backends are in a <c>gateway.yaml</c> in a folder of its own, with a few fake engines to put there.</summary>
internal sealed class FileRig : IAsyncDisposable
{
    private const string AdminKey = "admin-key-5be1";

    private readonly TemporaryFolder _folder;
    private readonly Dictionary<string, string> _variables;

    private FileRig(TemporaryFolder folder, IReadOnlyList<FakeEngine> engines, RunningGateway gateway, Dictionary<string, string> variables)
    {
        _folder = folder;
        _variables = variables;
        Engines = engines;
        Gateway = gateway;
        Admin = gateway.NewClient(AdminKey);
    }

    public IReadOnlyList<FakeEngine> Engines { get; }

    public RunningGateway Gateway { get; private set; }

    public HttpClient Admin { get; private set; }

    /// <summary>What the gateway was told is the file.</summary>
    public string File => _folder.File("gateway.yaml");

    public string Model => Engines[0].Model;

    public static async Task<FileRig> StartAsync(int engines, Func<IReadOnlyList<FakeEngine>, string> text, Action<string, string>? write = null)
    {
        var started = new List<FakeEngine>();
        for (var i = 0; i < engines; i++)
        {
            started.Add(await FakeEngine.StartAsync("vllm"));
        }

        var folder = new TemporaryFolder();
        var file = folder.File("gateway.yaml");
        (write ?? System.IO.File.WriteAllText)(file, text(started));
        var variables = new Dictionary<string, string> { ["GATEWAY_CONFIG"] = file, ["ADMIN_API_KEY"] = AdminKey, ["API_KEYS"] = $"tests:{RunningGateway.ClientKey}", ["GATEWAY_DATA_DIR"] = folder.File("data") };
        var rig = new FileRig(folder, started, await RunningGateway.StartAsync(variables), variables);
        await rig.Gateway.WaitForModelsAsync();
        return rig;
    }

    /// <summary>A backend in the file's words.</summary>
    public static string Backend(string name, FakeEngine engine, string more = "") => $"  - {{name: {name}, kind: vllm, url: \"{engine.BaseUrl}\"{more}}}\n";

    /// <summary>Ends the gateway and starts another by the same settings.</summary>
    public async Task RestartAsync()
    {
        Admin.Dispose();
        await Gateway.DisposeAsync();
        Gateway = await RunningGateway.StartAsync(_variables);
        Admin = Gateway.NewClient(AdminKey);
        await Gateway.WaitForModelsAsync();
    }

    /// <summary>Reloads at once, without waiting for the file to be looked at.</summary>
    public Task<IReadOnlyList<string>> ReloadAsync() => Live.ReloadAsync(Live.Variables, "test", CancellationToken.None);

    public LiveGateway Live => Gateway.Services.GetRequiredService<LiveGateway>();

    public Task<HttpResponseMessage> ChatAsync(string model, bool stream = false) =>
        Gateway.Client.SendAsync(SampleRequest.Post("/v1/chat/completions", SampleRequest.Chat(model, stream)), HttpCompletionOption.ResponseHeadersRead);

    /// <summary>The reloads as <c>/system-info</c> tells them, the latest first.</summary>
    public async Task<JsonElement> ReloadsAsync() => (await Admin.GetFromJsonAsync<JsonElement>("/system-info")).GetProperty("reloads");

    public Task WaitForOutcomeAsync(string outcome, int count) => Wait.UntilAsync(
        async () => await ReloadsAsync() is var reloads && reloads.GetArrayLength() >= count && reloads[0].GetProperty("outcome").GetString() == outcome, $"reload {count} to be {outcome}");

    public async ValueTask DisposeAsync()
    {
        Admin.Dispose();
        await Gateway.DisposeAsync();
        foreach (var engine in Engines)
        {
            await engine.DisposeAsync();
        }

        _folder.Dispose();
    }
}
