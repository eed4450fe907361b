using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using Xunit;

namespace Gateway.EndToEndTests.Sdk;

/// <summary>What a script said of one case.</summary>
internal sealed record NodeResult(string Name, bool Ok, string Message);

/// <summary>One environment and one run of the scripts for each engine, shared by all its cases.</summary>
public sealed class NodeRuns : IAsyncLifetime
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(3);

    private readonly ConcurrentDictionary<string, Lazy<Task<(TestEnvironment Environment, IReadOnlyDictionary<string, NodeResult> Results)>>> _runs = [];

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        foreach (var run in _runs.Values.Where(run => run.Value.IsCompletedSuccessfully))
        {
            await (await run.Value).Environment.DisposeAsync();
        }
    }

    internal Task<(TestEnvironment Environment, IReadOnlyDictionary<string, NodeResult> Results)> ForAsync(string engine) =>
        _runs.GetOrAdd(engine, id => new(() => RunAsync(id))).Value;

    private static async Task<(TestEnvironment Environment, IReadOnlyDictionary<string, NodeResult> Results)> RunAsync(string engine)
    {
        var environment = await TestEnvironment.StartAsync(engine);
        var start = new ProcessStartInfo("node", "run.mjs")
        {
            WorkingDirectory = NodeTheoryAttribute.Folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        using var deadline = new CancellationTokenSource(Deadline);
        var errors = process.StandardError.ReadToEndAsync(deadline.Token);
        await process.StandardInput.WriteAsync(JsonSerializer.Serialize(NodeJob.For(environment), Json));
        process.StandardInput.Close();
        try
        {
            var results = (await process.StandardOutput.ReadToEndAsync(deadline.Token))
                .Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(line => JsonSerializer.Deserialize<NodeResult>(line, Json)!)
                .ToDictionary(result => result.Name);
            await process.WaitForExitAsync(deadline.Token);
            return process.ExitCode == 0
                ? (environment, results)
                : throw new InvalidOperationException($"node ended with {process.ExitCode}: {await errors}");
        }
        finally
        {
            process.Kill(entireProcessTree: true);
        }
    }
}
