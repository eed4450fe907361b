using System.Diagnostics;
using System.Net.Http.Json;
using System.Text;

namespace Gateway.EndToEndTests.RealEngine;

/// <summary>A real llama-server in a process of its own on a free loopback port; disposing it kills the process.</summary>
internal sealed class LlamaServer : IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan ProbeInterval = TimeSpan.FromMilliseconds(20);

    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly HttpClient _client;

    private LlamaServer(Process process, Uri baseUrl, string? apiKey)
    {
        _process = process;
        BaseUrl = baseUrl;
        _client = new HttpClient { BaseAddress = baseUrl };
        _client.DefaultRequestHeaders.Authorization = apiKey is null ? null : new("Bearer", apiKey);

        // Both pipes are drained for as long as the server lives: a full one would halt it.
        process.OutputDataReceived += (_, line) => Append(line.Data);
        process.ErrorDataReceived += (_, line) => Append(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>Without a path at the end.</summary>
    public Uri BaseUrl { get; }

    /// <summary>All that the server has printed so far.</summary>
    public string Output
    {
        get
        {
            lock (_output)
            {
                return _output.ToString();
            }
        }
    }

    /// <summary>Starts a server with the tiny model unless the arguments name another, and returns when it is ready.</summary>
    public static async Task<LlamaServer> StartAsync(params string[] arguments)
    {
        var server = Launch(arguments);
        try
        {
            await server.WaitUntilReadyAsync();
            return server;
        }
        catch
        {
            server.Dispose();
            throw;
        }
    }

    /// <summary>Starts a server and returns at once, while it may still be loading its model.</summary>
    public static LlamaServer Launch(params string[] arguments)
    {
        if (RealEngineFiles.MissingReason is { } reason)
        {
            throw new InvalidOperationException(reason);
        }

        var port = FreePort.Next();
        string[] model = arguments.Contains("-m") ? [] : ["-m", RealEngineFiles.TinyModel];
        string[] always = ["--host", "127.0.0.1", "--port", $"{port}", "-t", "1", "--no-webui", "--offline"];
        var start = new ProcessStartInfo(RealEngineFiles.Server, [.. model, .. arguments, .. always])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var apiKey = arguments.SkipWhile(static argument => argument != "--api-key").ElementAtOrDefault(1);
        return new LlamaServer(Process.Start(start)!, new Uri($"http://127.0.0.1:{port}"), apiKey);
    }

    public async Task WaitUntilReadyAsync()
    {
        using var deadline = new CancellationTokenSource(Deadline);
        while (!await IsReadyAsync(deadline.Token))
        {
            if (_process.HasExited)
            {
                await _process.WaitForExitAsync(deadline.Token);
                throw new InvalidOperationException($"The server ended with exit code {_process.ExitCode}:\n{Output}");
            }

            await Task.Delay(ProbeInterval, TimeProvider.System, deadline.Token);
        }
    }

    /// <summary>The state of the slots, one for each request that can run at a time.</summary>
    public async Task<Slot[]> Slots(CancellationToken cancellationToken = default) =>
        await _client.GetFromJsonAsync(new Uri("/slots", UriKind.Relative), SlotJson.Default.SlotArray, cancellationToken) ?? [];

    /// <summary>Returns when this many requests are being answered; fails if that never happens.</summary>
    public async Task WaitForSlotsAsync(int busy)
    {
        using var deadline = new CancellationTokenSource(Deadline);
        while ((await Slots(deadline.Token)).Count(static slot => slot.IsProcessing) != busy)
        {
            await Task.Delay(ProbeInterval, TimeProvider.System, deadline.Token);
        }
    }

    // A polite signal would not do: the server waits for running answers, some of them for ever.
    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
        _client.Dispose();
    }

    private async Task<bool> IsReadyAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var answer = await _client.GetAsync(new Uri("/health", UriKind.Relative), cancellationToken);
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private void Append(string? line)
    {
        lock (_output)
        {
            _output.AppendLine(line);
        }
    }
}
