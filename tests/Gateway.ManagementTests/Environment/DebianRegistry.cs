using System.Diagnostics;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Gateway.ManagementTests;

/// <summary>Debian's docker-registry on a port of loopback, with or without a login, as scripts/setup-registry.sh brings it.</summary>
internal sealed partial class DebianRegistry : IAsyncDisposable
{
    public const string User = "puller";
    public const string Password = "pass-6d1f";

    // Of that password, by as few rounds as bcrypt takes: a test waits for each of them.
    private const string Users = "puller:$2b$04$Us.8XQaHtTDxhMtYMFdXm.3.hSLTBmzTnDNkpNQzg8f8x5UcjGA9C\n";

    private static readonly Lazy<ShellResult> Program = new(() => Shell.RunAsync(Path.Combine(Clone.Root, "scripts", "setup-registry.sh")).GetAwaiter().GetResult());
    private readonly TemporaryFolder _folder = new();
    private readonly TaskCompletionSource<string> _listens = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly HashSet<string> _names = [];
    private Process _process = new();

    /// <summary>Null where the tests of it can run. On CI they always have to.</summary>
    public static string? SkipReason => DockerSetup.SkipReason ?? (Program.Value.Code == 3 && Environment.GetEnvironmentVariable("CI") != "true" ? Program.Value.Output : null);

    /// <summary>Host and port, as an image's name begins.</summary>
    public string Name { get; private set; } = "";

    /// <summary>Docker's settings with the right login.</summary>
    public string Logins => _folder.File("config.json");

    public static async Task<DebianRegistry> StartAsync(bool login = false)
    {
        var registry = new DebianRegistry();
        registry._folder.Write("users", Users);
        var auth = login ? $"auth: {{htpasswd: {{realm: tests, path: '{registry._folder.File("users")}'}}}}" : "";
        registry._folder.Write("config.yml", $"""
            version: 0.1
            log:
              level: info
              accesslog:
                disabled: true
            storage:
              filesystem:
                rootdirectory: {registry._folder.Path}/data
            http:
              addr: 127.0.0.1:0
              secret: tests
            {auth}
            """);
        registry.Launch();
        registry.Name = await registry._listens.Task.WaitAsync(Wait.Deadline);
        await WriteLoginAsync(registry.Logins, registry.Name, Password);
        return registry;
    }

    /// <summary>A file as <c>docker login</c> writes it.</summary>
    public static Task WriteLoginAsync(string file, string registry, string password) => File.WriteAllTextAsync(file, JsonSerializer.Serialize(new
    {
        auths = new Dictionary<string, object> { [registry] = new { auth = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{User}:{password}")) } },
    }));

    /// <summary>Makes an image of the tiny engine, pushes it, and removes it from the Docker Engine.</summary>
    /// <param name="tag">Its tag.</param>
    /// <param name="version">What it answers.</param>
    /// <param name="ballastMegabytes">How large a layer is, beside the two of the engine itself.</param>
    /// <returns>Its name, and its digest here.</returns>
    public async Task<(string Image, string Digest)> PushAsync(string tag, string version, int ballastMegabytes = 0)
    {
        var image = $"{Name}/tiny:{tag}";
        _names.Add($"{Name}/tiny");
        await TinyImages.MakeAsAsync(image, version, "ready", ballastMegabytes);
        var push = (await Shell.RunAsync("docker", "--config", _folder.Path, "push", image)).Succeeded();
        await TinyImages.RemoveAsync(image);
        return (image, Digest().Match(push.Standard).Value);
    }

    /// <summary>It ends as a machine does that is switched off.</summary>
    public async Task StopAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _process.Dispose();
        foreach (var name in _names)
        {
            var images = await Shell.RunAsync("docker", "images", "--quiet", "--no-trunc", name);
            foreach (var image in images.Standard.Split('\n', StringSplitOptions.RemoveEmptyEntries).Distinct())
            {
                await TinyImages.RemoveAsync(image);
            }
        }

        _folder.Dispose();
    }

    private void Launch()
    {
        var start = new ProcessStartInfo(Program.Value.Succeeded().Standard.Split('\n')[^1], ["serve", _folder.File("config.yml")]) { RedirectStandardOutput = true, RedirectStandardError = true };
        _process = new Process { StartInfo = start, EnableRaisingEvents = true };
        _process.OutputDataReceived += (_, line) => Take(line.Data);
        _process.ErrorDataReceived += (_, line) => Take(line.Data);
        _process.Exited += (_, _) => _listens.TrySetException(new InvalidOperationException("The registry ended before it listened."));
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();

        void Take(string? line)
        {
            if (line is not null && Listening().Match(line) is { Success: true } found)
            {
                _listens.TrySetResult(found.Groups[1].Value);
            }
        }
    }

    [GeneratedRegex("listening on ([0-9.:]+)")]
    private static partial Regex Listening();

    [GeneratedRegex("sha256:[0-9a-f]{64}")]
    private static partial Regex Digest();
}
