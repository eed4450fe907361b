using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Gateway.Hosting;
using Gateway.Management.Lifecycle;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Gateway.ManagementTests;

/// <summary>A whole gateway with the management of engines on, over the real Docker Engine, with a data folder of its own.</summary>
internal sealed class ManagedGateway : IAsyncDisposable
{
    private const string Key = "client-key-1f0c";
    private readonly Dictionary<string, string> _variables;
    private readonly List<string> _images = [];
    private readonly TemporaryFolder _folder = new();
    private WebApplication? _app;

    private ManagedGateway()
    {
        _variables = new()
        {
            ["GATEWAY_HOST"] = "127.0.0.1",
            ["GATEWAY_PORT"] = "0",
            ["GATEWAY_DRAIN_SECONDS"] = "0",
            ["GATEWAY_LOADING_WAIT_SECONDS"] = "60",
            ["GATEWAY_MANAGEMENT"] = "on",
            ["GATEWAY_DATA_DIR"] = Folder,
            ["DOCKER_HOST"] = DockerSetup.Host,
            ["ADMIN_API_KEY"] = "admin-key-77aa",
            ["API_KEYS"] = Key,
            ["BACKEND_KIND"] = "demo",
        };
    }

    public string Folder => _folder.Path;

    public HttpClient Client { get; private set; } = new();

    public IEngineLifecycle Lifecycle => _app!.Services.GetRequiredService<IEngineLifecycle>();

    public static async Task<ManagedGateway> StartAsync(params (string Name, string Value)[] settings)
    {
        var gateway = new ManagedGateway();
        foreach (var (name, value) in settings)
        {
            gateway._variables[name] = value;
        }

        await gateway.OpenAsync();
        return gateway;
    }

    public async Task<string> ImageAsync(string version, string behaviour = "ready")
    {
        var image = await TinyImages.MakeAsync(version, behaviour);
        _images.Add(image);
        return image;
    }

    public Task<InstalledEngine> InstallAsync(string image, string name = "tiny") =>
        Lifecycle.InstallAsync(EngineNode.LocalId, Workshop.Request(image, name), new Progress<LifecycleProgress>(), CancellationToken.None);

    public Task<InstalledEngine> UpgradeAsync(string image, bool inPlace = false) =>
        Lifecycle.UpgradeAsync(Workshop.Key("tiny"), request => request with { Image = image, InPlace = inPlace }, new Progress<LifecycleProgress>(), CancellationToken.None);

    /// <summary>Stops an engine, unless somebody else is at it.</summary>
    public async Task StopAsync(string name)
    {
        try
        {
            await Lifecycle.StopAsync(Workshop.Key(name), new Progress<LifecycleProgress>(), CancellationToken.None);
        }
        catch (LifecycleException e) when (e.Reason == LifecycleReason.Busy)
        {
            await Wait.UntilAsync(async () => !(await RunningAsync()).Contains(name), $"{name} to be stopped");
        }
    }

    /// <summary>One question; the version that answered, or the status.</summary>
    public async Task<string> AskAsync(string model = "tiny")
    {
        using var answer = await Client.PostAsync("/v1/chat/completions", Question($$"""{"model":"{{model}}","messages":[{"role":"user","content":"Hello"}]}"""));
        var text = await answer.Content.ReadAsStringAsync();
        return answer.IsSuccessStatusCode
            ? JsonDocument.Parse(text).RootElement.GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString()!
            : $"{(int)answer.StatusCode} {text}";
    }

    /// <summary>A stream of so many pieces, five a second.</summary>
    /// <returns>All that came.</returns>
    public async Task<string> StreamAsync(int pieces, TaskCompletionSource? begun = null, string model = "tiny")
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions")
        {
            Content = Question($$"""{"model":"{{model}}","stream":true,"max_tokens":{{pieces}},"messages":[{"role":"user","content":"Hello"}]}"""),
        };
        using var answer = await Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync());
        var text = new StringBuilder();
        while (await reader.ReadLineAsync() is { } line)
        {
            text.Append(line).Append('\n');
            begun?.TrySetResult();
        }

        return text.ToString();
    }

    /// <summary>Asks without a pause until it is told to end.</summary>
    /// <returns>What answered, each once.</returns>
    public async Task<HashSet<string>> KeepAskingAsync(CancellationToken end)
    {
        var answers = new HashSet<string>();
        while (!end.IsCancellationRequested)
        {
            answers.Add(await AskAsync());
        }

        return answers;
    }

    /// <summary>The installed engines that run.</summary>
    public async Task<string[]> RunningAsync() =>
        [.. (await Lifecycle.ListAsync(CancellationToken.None)).Where(engine => !engine.Stopped).Select(engine => engine.Key.Name)];

    /// <summary>Ends the gateway as an update does, and starts it again over the same data.</summary>
    public async Task RestartAsync()
    {
        await CloseAsync();
        await OpenAsync();
    }

    /// <summary>The containers that carry its label.</summary>
    public async Task<string[]> ContainersAsync()
    {
        var owner = Path.Combine(Folder, "engines", "owner");
        var ours = await Shell.RunAsync("docker", "ps", "--all", "--quiet", "--filter", $"label={EngineLabels.Managed}={(await File.ReadAllTextAsync(owner)).Trim()}");
        return ours.Standard.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        foreach (var container in await ContainersAsync())
        {
            await Shell.RunAsync("docker", "rm", "--force", "--volumes", container);
        }

        foreach (var image in _images)
        {
            await TinyImages.RemoveAsync(image);
        }

        _folder.Dispose();
    }

    private static StringContent Question(string json) => new(json, Encoding.UTF8, "application/json");

    private async Task OpenAsync()
    {
        _app = await GatewayApp.BuildAsync(_variables, _ => { }, CancellationToken.None);
        await _app.StartAsync();
        Client = new HttpClient { BaseAddress = new Uri(_app.Urls.First()), Timeout = Wait.Deadline };
        Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Key);
    }

    private async Task CloseAsync()
    {
        Client.Dispose();
        await _app!.StopAsync();
        await _app.DisposeAsync();
    }
}
