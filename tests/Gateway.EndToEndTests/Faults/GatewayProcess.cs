using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Gateway.EndToEndTests.Faults;

/// <summary>A gateway in a process of its own, so that it can be sent a signal and started again where it was.</summary>
internal sealed class GatewayProcess : IDisposable
{
    private readonly Dictionary<string, string> _settings;
    private readonly HttpClient _client = new() { Timeout = TimeSpan.FromSeconds(5) };
    private Process _process;

    private GatewayProcess(IReadOnlyDictionary<string, string> settings)
    {
        var port = FreePort.Next();
        Url = new Uri($"http://127.0.0.1:{port}");
        _settings = new(settings) { ["GATEWAY_HOST"] = "127.0.0.1", ["GATEWAY_PORT"] = $"{port}", ["API_KEYS"] = $"tests:{RunningGateway.ClientKey}" };
        _process = Launch();
    }

    public Uri Url { get; }

    public static async Task<GatewayProcess> StartAsync(IReadOnlyDictionary<string, string> settings)
    {
        var gateway = new GatewayProcess(settings);
        await gateway.WaitReadyAsync();
        return gateway;
    }

    public async Task<bool> IsReadyAsync()
    {
        try
        {
            using var answer = await _client.GetAsync(new Uri(Url, "/ready"));
            return answer.IsSuccessStatusCode;
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
        {
            return false;
        }
    }

    /// <summary>Tells it to end, as an operator does.</summary>
    public async Task TerminateAsync()
    {
        using var kill = Process.Start("kill", ["-TERM", $"{_process.Id}"]);
        await kill.WaitForExitAsync();
    }

    /// <summary>Returns when it has ended.</summary>
    public Task EndedAsync() => _process.WaitForExitAsync().WaitAsync(Wait.Deadline);

    /// <summary>Ends it as an operator does, waits for its end, and starts it again.</summary>
    public async Task RestartAsync()
    {
        await TerminateAsync();
        await EndedAsync();
        _process.Dispose();
        _process = Launch();
        await WaitReadyAsync();
    }

    /// <summary>Ends it as the kernel does it to one that takes too much memory.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>Starts it where it was, after <see cref="KillAsync"/>.</summary>
    public async Task StartAgainAsync()
    {
        _process.Dispose();
        _process = Launch();
        await WaitReadyAsync();
    }

    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
        _client.Dispose();
    }

    private Task WaitReadyAsync() => Wait.UntilAsync(IsReadyAsync, $"{Url} to be ready");

    private Process Launch()
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "gateway")) { WorkingDirectory = Path.GetTempPath(), RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["DOTNET_ROOT"] = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));
        // A runtime that is killed leaves the sockets of its debugger behind.
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        foreach (var (name, value) in _settings)
        {
            start.Environment[name] = value;
        }

        // Both pipes are read for as long as it lives: a full one would halt it.
        var process = Process.Start(start)!;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }
}
