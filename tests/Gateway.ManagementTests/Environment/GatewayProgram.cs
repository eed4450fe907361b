using System.Diagnostics;
using System.Net.Http.Headers;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Gateway.Management.Lifecycle;

namespace Gateway.ManagementTests;

/// <summary>The gateway's program in a process of its own, which can be killed and started again over the same data.</summary>
internal sealed partial class GatewayProgram : IAsyncDisposable
{
    private const string AdminKey = "admin-key-77aa";
    private const string ClientKey = "client-key-1f0c";
    private readonly TemporaryFolder _folder = new();
    private readonly (string Name, string Value)[] _settings;
    private readonly StringBuilder _log = new();
    private Process _process = new();

    private GatewayProgram(string dockerHost, (string Name, string Value)[] settings) => _settings =
    [
        ("GATEWAY_HOST", "127.0.0.1"),
        ("GATEWAY_PORT", "0"),
        ("GATEWAY_LOADING_WAIT_SECONDS", "60"),
        ("GATEWAY_MANAGEMENT", "on"),
        ("GATEWAY_DATA_DIR", _folder.Path),
        ("ADMIN_API_KEY", AdminKey),
        ("API_KEYS", ClientKey),
        ("BACKEND_KIND", "demo"),
        ("DOCKER_HOST", dockerHost),
        .. settings,
    ];

    public Operator Admin { get; private set; } = null!;

    /// <summary>What it has logged since it was started last.</summary>
    public string Log
    {
        get
        {
            lock (_log)
            {
                return _log.ToString();
            }
        }
    }

    private HttpClient Client { get; set; } = new();

    public static async Task<GatewayProgram> StartAsync(string dockerHost, params (string Name, string Value)[] settings)
    {
        var program = new GatewayProgram(dockerHost, settings);
        await program.LaunchAsync();
        return program;
    }

    /// <summary>Ends it as the kernel does it to one that takes too much memory, and starts it again.</summary>
    /// <param name="between">Done while no process is there.</param>
    public async Task KillAndStartAsync(Func<Task> between)
    {
        await KillAsync();
        await between();
        await LaunchAsync();
    }

    /// <summary>One question; the version that answered, or the status.</summary>
    public async Task<string> AskAsync()
    {
        using var question = new StringContent("""{"model":"tiny","messages":[{"role":"user","content":"Hello"}]}""", Encoding.UTF8, "application/json");
        using var answer = await Client.PostAsync(new Uri("/v1/chat/completions", UriKind.Relative), question);
        var text = await answer.Content.ReadAsStringAsync();
        return answer.IsSuccessStatusCode
            ? JsonDocument.Parse(text).RootElement.GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString()!
            : $"{(int)answer.StatusCode} {text}";
    }

    /// <summary>All that it keeps in its data folder, file by file.</summary>
    public IEnumerable<string> Kept() => Directory.EnumerateFiles(_folder.Path, "*", SearchOption.AllDirectories).Select(File.ReadAllText);

    /// <summary>The containers that carry its label, by name.</summary>
    public async Task<string[]> ContainersAsync()
    {
        var owner = (await File.ReadAllTextAsync(_folder.File("engines/owner"))).Trim();
        var list = await Shell.RunAsync("docker", "ps", "--all", "--filter", $"label={EngineLabels.Managed}={owner}", "--format", "{{.Names}}");
        return list.Succeeded().Standard.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        foreach (var container in await ContainersAsync())
        {
            await Shell.RunAsync("docker", "rm", "--force", "--volumes", container);
        }

        _folder.Dispose();
    }

    private async Task KillAsync()
    {
        Admin.Dispose();
        Client.Dispose();
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        lock (_log)
        {
            _log.Clear();
        }
    }

    private async Task LaunchAsync()
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "gateway")) { WorkingDirectory = _folder.Path, RedirectStandardOutput = true, RedirectStandardError = true };
        // A runtime that is killed leaves the sockets of its debugger behind.
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        start.Environment["DOTNET_ROOT"] = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));
        foreach (var (name, value) in _settings)
        {
            start.Environment[name] = value;
        }

        // Both pipes are read for as long as it lives: a full one would halt it.
        var listens = new TaskCompletionSource<Uri>(TaskCreationOptions.RunContinuationsAsynchronously);
        _process = new Process { StartInfo = start, EnableRaisingEvents = true };
        _process.OutputDataReceived += (_, line) => Take(line.Data);
        _process.ErrorDataReceived += (_, line) => Take(line.Data);
        _process.Exited += (_, _) => listens.TrySetException(new InvalidOperationException("The gateway ended before it listened."));
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        var address = await listens.Task.WaitAsync(Wait.Deadline);
        Admin = new Operator(address, AdminKey);
        Client = new HttpClient { BaseAddress = address, Timeout = Wait.Deadline };
        Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", ClientKey);

        void Take(string? line)
        {
            lock (_log)
            {
                _log.AppendLine(line);
            }

            if (line is not null && Listening().Match(line) is { Success: true } found)
            {
                listens.TrySetResult(new Uri(found.Groups[1].Value));
            }
        }
    }

    [GeneratedRegex("Now listening on: (http://[0-9.:]+)")]
    private static partial Regex Listening();
}
