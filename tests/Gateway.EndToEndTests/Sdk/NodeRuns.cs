using System.Collections.Concurrent;
using Xunit;

namespace Gateway.EndToEndTests.Sdk;

/// <summary>One environment and one run of the scripts for each engine, shared by all its cases.</summary>
public sealed class NodeRuns : IAsyncLifetime
{
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
        return (environment, await NodeScript.RunAsync(NodeJob.For(environment)));
    }
}
