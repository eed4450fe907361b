using System.Collections.Concurrent;
using Xunit;

namespace Gateway.EndToEndTests;

/// <summary>One environment an engine for all tests of a class, started when the first of them asks. Each test gets it as new.</summary>
public sealed class EnginePool : IAsyncLifetime
{
    private readonly ConcurrentDictionary<string, Lazy<Task<TestEnvironment>>> _environments = [];

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        foreach (var environment in _environments.Values.Where(environment => environment.Value.IsCompletedSuccessfully))
        {
            await (await environment.Value).DisposeAsync();
        }
    }

    internal async Task<TestEnvironment> ForAsync(string engineId)
    {
        var environment = await _environments.GetOrAdd(engineId, id => new(() => TestEnvironment.StartAsync(id))).Value;
        environment.Engine.Reset();
        return environment;
    }
}
