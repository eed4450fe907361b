using System.Text.Json;
using Gateway.TestModels;

namespace Gateway.ComposeTests;

/// <summary>
/// A copy of what an operator clones, with an <c>.env</c>, a port and a compose project of its own, so that nothing of whoever
/// runs the tests is touched.
/// </summary>
internal sealed class Workplace : IAsyncDisposable
{
    private static readonly string[] Parts =
        ["Makefile", "docker-compose.yml", "compose", "scripts", "deploy", "api", "global.json", "Directory.Build.props", "Directory.Build.targets", "Directory.Packages.props", "CodeMetricsConfig.txt", "BannedSymbols.txt", ".dockerignore"];

    private readonly TemporaryFolder _folder = new();
    private readonly Dictionary<string, string> _environment;
    private bool _started;

    public Workplace()
    {
        Port = FreePort.Next();
        PrometheusPort = FreePort.Next();
        GrafanaPort = FreePort.Next();
        Project = $"gateway-test-{Port}";
        _environment = new()
        {
            ["COMPOSE_PROJECT_NAME"] = Project,
            ["GATEWAY_PORT"] = $"{Port}",
            ["PROMETHEUS_PORT"] = $"{PrometheusPort}",
            ["GRAFANA_PORT"] = $"{GrafanaPort}",
            ["GATEWAY_IMAGE"] = "gateway:test",
            ["GATEWAY_STAND_INS"] = "allow",
        };
        foreach (var part in Parts)
        {
            Copy(Path.Combine(Clone.Root, part), Path.Combine(Folder, part));
        }

        Directory.CreateSymbolicLink(Path.Combine(Folder, ".cache"), Path.Combine(Clone.Root, ".cache"));
    }

    public string Folder => _folder.Path;

    public int Port { get; }

    public int PrometheusPort { get; }

    public int GrafanaPort { get; }

    public string Project { get; }

    public string EnvFile => Path.Combine(Folder, ".env");

    /// <summary>The one client key that <c>make env-…</c> made.</summary>
    public string Key => File.ReadLines(EnvFile).Single(line => line.StartsWith("API_KEYS=", StringComparison.Ordinal))["API_KEYS=".Length..];

    public string this[string variable]
    {
        set => _environment[variable] = value;
    }

    public void Set(IEnumerable<KeyValuePair<string, string>> variables)
    {
        foreach (var (name, value) in variables)
        {
            _environment[name] = value;
        }
    }

    public string AddModel(TinyModelOptions? options = null)
    {
        var file = Path.Combine(Folder, "data", "models", "model.gguf");
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        TinyModel.Write(file, options ?? new TinyModelOptions());
        return file;
    }

    public Task<ShellResult> MakeAsync(params string[] words)
    {
        _started |= words[0] is "up";
        return RunAsync(["make", .. words]);
    }

    public Task<ShellResult> RunAsync(params string[] command) => Shell.RunAsync(Folder, _environment, command);

    /// <summary>What compose makes of its files.</summary>
    public async Task<JsonElement> ConfigAsync(params string[] profiles)
    {
        var result = await RunAsync([.. DockerSetup.Compose, .. profiles.SelectMany(profile => new[] { "--profile", profile }), "config", "--format", "json"]);
        return JsonDocument.Parse(result.Succeeded().Standard).RootElement.Clone();
    }

    /// <summary>The id of a service's container.</summary>
    public async Task<string> ContainerAsync(string service)
    {
        var result = await RunAsync("docker", "ps", "--all", "--quiet", "--filter", $"label=com.docker.compose.project={Project}", "--filter", $"label=com.docker.compose.service={service}");
        return result.Succeeded().Standard.Trim();
    }

    public async Task<string> InspectAsync(string service, string format) =>
        (await RunAsync("docker", "inspect", "--format", format, await ContainerAsync(service))).Succeeded().Standard.Trim();

    /// <summary>The names of the project's volumes, in order.</summary>
    public async Task<string[]> VolumesAsync()
    {
        var result = await RunAsync("docker", "volume", "ls", "--format", "{{.Name}}", "--filter", $"label=com.docker.compose.project={Project}");
        return [.. result.Succeeded().Standard.Split('\n', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal)];
    }

    /// <summary>Everything of this project that Docker knows.</summary>
    public async Task<string> LeftAsync()
    {
        var filter = $"label=com.docker.compose.project={Project}";
        var containers = await RunAsync("docker", "ps", "--all", "--quiet", "--filter", filter);
        var networks = await RunAsync("docker", "network", "ls", "--quiet", "--filter", filter);
        var volumes = await RunAsync("docker", "volume", "ls", "--quiet", "--filter", filter);
        return containers.Standard + networks.Standard + volumes.Standard;
    }

    public async ValueTask DisposeAsync()
    {
        if (!Directory.Exists(Folder))
        {
            return;
        }

        if (_started)
        {
            _environment["GATEWAY_DRAIN_SECONDS"] = "0";
            await MakeAsync("down");
            foreach (var volume in await VolumesAsync())
            {
                await RunAsync("docker", "volume", "rm", volume);
            }
        }

        _folder.Dispose();
    }

    private static void Copy(string from, string to)
    {
        if (!Directory.Exists(from))
        {
            File.Copy(from, to);
            return;
        }

        Directory.CreateDirectory(to);
        foreach (var entry in Directory.GetFileSystemEntries(from).Where(entry => Path.GetFileName(entry) is not ("bin" or "obj")))
        {
            Copy(entry, Path.Combine(to, Path.GetFileName(entry)));
        }
    }
}
