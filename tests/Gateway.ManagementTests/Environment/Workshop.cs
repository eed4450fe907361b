using System.Text.Json;
using Gateway.Engines;
using Gateway.Management.Lifecycle;
using Gateway.Proxy.Health;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gateway.ManagementTests;

/// <summary>A lifecycle over the real Docker Engine with a data folder of its own. At its end every container of it is removed.</summary>
internal sealed class Workshop : IAsyncDisposable
{
    public const string Kind = "vllm";
    private LifecycleOptions _options;
    private readonly List<string> _images = [];
    private readonly TemporaryFolder _folder = new();
    private Task _abandoned = Task.CompletedTask;

    public Workshop(string? dockerHost = null, TimeSpan? readyLimit = null, string? certificates = null)
    {
        _options = new LifecycleOptions
        {
            DataFolder = Folder,
            Nodes = [new EngineNode(EngineNode.LocalId, EngineNode.LocalId, dockerHost ?? DockerSetup.Host)],
            Certificates = certificates,
            ReadyLimit = readyLimit ?? TimeSpan.FromSeconds(30),
            Drain = TimeSpan.FromSeconds(5),
        };
        Lifecycle = Open();
    }

    /// <summary>Over a connection that can be made to die.</summary>
    public Workshop(CrashPoint crash)
        : this(crash.Host) => Crash = crash;

    public CrashPoint? Crash { get; }

    public string Folder => _folder.Path;

    public TestRoutes Routes { get; private set; } = new();

    public EngineLifecycle Lifecycle { get; private set; }

    public List<LifecycleProgress> Progress { get; } = [];

    public IProgress<LifecycleProgress> Reports => new Recorder(Progress);

    public static EngineKey Key(string name) => new(EngineNode.LocalId, name);

    public static EngineRequest Request(string image, string name = "tiny") =>
        new() { Name = name, Kind = Kind, Image = image, Accelerator = Accelerator.Cpu, Model = "tiny" };

    public async Task<string> ImageAsync(string version, string behaviour = "ready")
    {
        var image = await TinyImages.MakeAsync(version, behaviour);
        _images.Add(image);
        return image;
    }

    public Task<InstalledEngine> InstallAsync(EngineRequest request) => Lifecycle.InstallAsync(EngineNode.LocalId, request, Reports, CancellationToken.None);

    public Task<InstalledEngine> UpgradeAsync(string image, bool? inPlace = null, CancellationToken cancellationToken = default) =>
        Lifecycle.UpgradeAsync(Key("tiny"), request => request with { Image = image, InPlace = inPlace }, Reports, cancellationToken);

    public async Task<InstalledEngine> ShowAsync(string name = "tiny") => (await Lifecycle.ListAsync(CancellationToken.None)).Single(engine => engine.Key.Name == name);

    /// <summary>The version that answers at an engine's address.</summary>
    public static async Task<string> AskAsync(Uri address)
    {
        using var client = new HttpClient();
        using var answer = await client.PostAsync(new Uri(address + "/chat/completions"), new StringContent("{}"));
        var json = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        return json.RootElement.GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString()!;
    }

    /// <summary>The containers of this workshop, by name.</summary>
    public async Task<string[]> ContainersAsync(string state = "all")
    {
        var owner = (await File.ReadAllTextAsync(Path.Combine(Folder, "engines", "owner"))).Trim();
        var filters = state == "all" ? [] : new[] { "--filter", $"status={state}" };
        var result = await Shell.RunAsync(["docker", "ps", "--all", "--filter", $"label={EngineLabels.Managed}={owner}", .. filters, "--format", "{{.Names}}"]);
        return result.Succeeded().Standard.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    /// <summary>As after an end of the process: everything is read from the disk again.</summary>
    public async Task ReopenAsync()
    {
        await Lifecycle.DisposeAsync();
        Lifecycle = Open();
    }

    /// <summary>The process is gone in the middle of an operation, and another one begins, whose Docker Engine answers.</summary>
    public void Restart(Task operation)
    {
        _options = _options with { Nodes = [_options.Nodes[0] with { DockerHost = DockerSetup.Host }] };
        _abandoned = operation;
        Routes = new TestRoutes();
        Lifecycle = Open();
    }

    /// <summary>Something answers there.</summary>
    public static async Task<bool> AnswersAsync(Uri address)
    {
        try
        {
            await AskAsync(address);
            return true;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Lifecycle.DisposeAsync();
        foreach (var container in await ContainersAsync())
        {
            await Shell.RunAsync("docker", "rm", "--force", "--volumes", container);
        }

        if (Crash is not null)
        {
            await Crash.DisposeAsync();
            await _abandoned.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        foreach (var image in _images)
        {
            await TinyImages.RemoveAsync(image);
        }

        _folder.Dispose();
    }

    private EngineLifecycle Open() => new(_options, Routes, new EngineProber(TimeProvider.System), TimeProvider.System, NullLogger<EngineLifecycle>.Instance);

    private sealed class Recorder(List<LifecycleProgress> reports) : IProgress<LifecycleProgress>
    {
        public void Report(LifecycleProgress value) => reports.Add(value);
    }
}
