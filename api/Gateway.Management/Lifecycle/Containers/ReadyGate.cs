using Gateway.Core.Configuration;
using Gateway.Engines;
using Gateway.Management.Docker;
using Gateway.Proxy.Backends;
using Gateway.Proxy.Health;

namespace Gateway.Management.Lifecycle;

/// <summary>Waits until a new container is ready by its engine's profile, and tells early when it never will be.</summary>
internal sealed class ReadyGate(EngineProber prober, TimeProvider clock, TimeSpan? limit)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);
    private const int LastWords = 15;

    /// <param name="host">Its node.</param>
    /// <param name="engine">Its profile.</param>
    /// <param name="version">Which.</param>
    /// <param name="report">Told what the engine says meanwhile.</param>
    /// <param name="cancellationToken">Gives it up.</param>
    /// <exception cref="LifecycleException">Its container ended, or its time is over.</exception>
    public async Task WaitAsync(EngineHost host, EngineProfile engine, EngineVersion version, Action<EngineState, TimeSpan> report, CancellationToken cancellationToken)
    {
        var settings = new BackendSettings { Name = version.Request.Name, Kind = engine.Id, Replicas = [new ReplicaSettings(version.Slot.Address)], ApiKey = version.ApiKey };
        using var backend = new Backend(settings, engine, clock);
        var patience = limit ?? TimeSpan.FromSeconds(engine.Deployment.Container!.StartPeriodSeconds);
        var start = clock.GetTimestamp();
        while (true)
        {
            var state = await prober.ProbeAsync(backend, backend.Replicas[0], cancellationToken);
            cancellationToken.ThrowIfCancellationRequested();
            await CheckRunsAsync(host, version, cancellationToken);
            if (state == EngineState.Ready)
            {
                return;
            }

            var waited = clock.GetElapsedTime(start);
            if (waited > patience)
            {
                throw new LifecycleException(LifecycleReason.NotReady, FormattableString.Invariant($"{version.Request.Name} was not ready within {patience.TotalSeconds:0} s: it is {HealthEndpoints.Word(state)}. {await LastWordsAsync(host, version)}"));
            }

            report(state, waited);
            await Task.Delay(Pause, clock, cancellationToken);
        }
    }

    private static async Task CheckRunsAsync(EngineHost host, EngineVersion version, CancellationToken cancellationToken)
    {
        var state = (await host.FindAsync(version.Container, cancellationToken))?.State
            ?? throw new LifecycleException(LifecycleReason.NotReady, $"The container {version.Container} was removed by somebody else while it started.");
        if (!state.Running || state.Status == "restarting")
        {
            var why = state.OOMKilled ? "it was out of memory" : FormattableString.Invariant($"exit code {state.ExitCode}");
            throw new LifecycleException(LifecycleReason.NotReady, $"The engine ended while it started ({why}). {state.Error} {await LastWordsAsync(host, version)}");
        }
    }

    private static async Task<string> LastWordsAsync(EngineHost host, EngineVersion version)
    {
        var lines = new List<string>();
        try
        {
            using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(5));
            await foreach (var line in host.LogsAsync(version.Container, LastWords, follow: false, deadline.Token))
            {
                lines.Add(EngineSecrets.Without(version, line));
            }
        }
        catch (Exception e) when (e is DockerException or LifecycleException or OperationCanceledException)
        {
            return "Its log cannot be read.";
        }

        return lines.Count == 0 ? "It has logged nothing." : $"It logged last: {string.Join(" | ", lines)}";
    }
}
