using Gateway.Core.Configuration;
using Gateway.Engines;
using Gateway.Management.Lifecycle;
using Gateway.Proxy.Routing;

namespace Gateway.Management.Swap;

/// <summary>Starts engines that run on demand when they are asked for, and stops those that nobody uses or that must make way.</summary>
public sealed partial class SwapService(EngineLifecycle lifecycle, IEngineRoutes routes, EngineDemand demand, SwapInstalls installs, TimeProvider clock, ILogger<SwapService> logger) : BackgroundService
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(250);

    /// <summary>One that could not be started or stopped is left alone for so long.</summary>
    private static readonly TimeSpan AfterFailure = TimeSpan.FromSeconds(10);

    private readonly Dictionary<string, State> _states = [];
    private OnDemandSettings _settings = new();

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            var asked = demand.Asked;
            if (!await GuardedWork.TryAsync("Running engines on demand", logger, () => StepAsync(stoppingToken), stoppingToken))
            {
                // The same defect is not logged four times a second.
                await Task.Delay(AfterFailure, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }

            await asked.WaitAsync(Look, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task StepAsync(CancellationToken stoppingToken)
    {
        try
        {
            await FollowAsync(stoppingToken);
            Act(stoppingToken);
        }
        catch (Exception e) when (LifecycleErrors.IsExpected(e) && !stoppingToken.IsCancellationRequested)
        {
            Log.Failed(logger, "The engines on demand", e.Message);
        }
    }

    private async Task FollowAsync(CancellationToken cancellationToken)
    {
        var settings = routes.OnDemand;
        if (settings.SameAs(_settings))
        {
            return;
        }

        demand.Follow(settings.Engines.Select(engine => engine.Name));
        await lifecycle.RouteAsync(cancellationToken);
        _settings = settings;
    }

    private void Act(CancellationToken cancellationToken)
    {
        if (_settings.Engines.Count == 0)
        {
            return;
        }

        installs.Prepare(_settings.Engines, cancellationToken);
        var records = lifecycle.Records.Where(record => record.Current is not null && _settings.Engines.Any(engine => engine.Name == record.Key.Name)).ToLookup(record => record.Key.Name);
        var views = records.Select(group => View(group.Key, [.. group], cancellationToken)).OfType<SwapEngine>().ToArray();
        var decision = SwapPlan.Decide(views, _settings.Slots, _settings.IdleAfter, _settings.MaxWait);
        foreach (var name in decision.Stop)
        {
            Run(name, SwapPhase.Stopping, [.. records[name]], cancellationToken);
        }

        foreach (var name in decision.Start)
        {
            Run(name, SwapPhase.Starting, [.. records[name]], cancellationToken);
        }
    }

    /// <returns>Null for one that is left alone for now.</returns>
    private SwapEngine? View(string name, EngineRecord[] records, CancellationToken cancellationToken)
    {
        if (!_states.TryGetValue(name, out var state))
        {
            _states[name] = state = new State { UsedAt = clock.GetTimestamp() };
        }

        var traffic = records.Select(record => routes.Find(record.Current!.Slot.Address)).OfType<IEngineTraffic>().ToArray();
        var (stopped, uses) = (records.All(record => record.Stopped), traffic.Sum(one => one.Uses));
        if (uses != state.Uses || traffic.Any(one => one.InFlight > 0))
        {
            (state.Uses, state.UsedAt) = (uses, clock.GetTimestamp());
        }

        KeepHeld(state, stopped, traffic, installs.Shown(name));

        var engine = EngineCatalog.Find(records[0].Current!.Request.Kind);
        var (waiting, waited) = demand.Of(name);
        if (engine is null || Rests(state) || (state.Phase is null && stopped && waiting > 0 && !installs.IsThere(name, records, cancellationToken)))
        {
            return null;
        }

        return new SwapEngine(name, engine.Id, PolicyOf(name, engine), state.Phase ?? (stopped ? SwapPhase.Stopped : SwapPhase.Running))
        {
            InFlight = traffic.Sum(one => one.InFlight),
            Waiting = waiting,
            Waited = waited,
            Unused = clock.GetElapsedTime(state.UsedAt),
        };
    }

    private SlotPolicy PolicyOf(string name, EngineProfile engine) =>
        _settings.Engines.FirstOrDefault(one => one.Name == name)?.Policy ?? engine.Deployment.Container?.Slots ?? default;

    private bool Rests(State state) => state.FailedAt is { } failed && clock.GetElapsedTime(failed) < AfterFailure;

    // What was stopped before this process began must not look like an engine that loads.
    private static void KeepHeld(State state, bool stopped, IEngineTraffic[] traffic, (EngineState State, string? Note) shown)
    {
        if (state.Phase is not null)
        {
            return;
        }

        foreach (var one in traffic)
        {
            if (stopped)
            {
                one.Hold(shown.State, shown.Note);
            }
            else if (state.Held)
            {
                one.Release();
            }
        }

        state.Held = stopped;
    }

    private void Run(string name, SwapPhase phase, EngineRecord[] records, CancellationToken cancellationToken)
    {
        var state = _states[name];
        state.Phase = phase;
        Log.Began(logger, name, phase);
        // Its own failures are dealt with inside; a defect is logged.
        _ = GuardedWork.TryAsync($"{phase} of {name}", logger, () => RunAsync(name, state, phase, records, cancellationToken), CancellationToken.None);
    }

    private async Task RunAsync(string name, State state, SwapPhase phase, EngineRecord[] records, CancellationToken cancellationToken)
    {
        try
        {
            foreach (var record in records)
            {
                if (phase == SwapPhase.Starting)
                {
                    routes.Find(record.Current!.Slot.Address)?.Hold(EngineState.Starting);
                    await lifecycle.StartAsync(record.Key, Silence.Instance, cancellationToken);
                }
                else
                {
                    await lifecycle.StopAsync(record.Key, Silence.Instance, cancellationToken);
                }
            }

            installs.Forget(name);
            state.FailedAt = null;
            if (phase == SwapPhase.Starting)
            {
                demand.Clear(name);
            }
        }
        catch (LifecycleException e)
        {
            state.FailedAt = clock.GetTimestamp();
            Log.Failed(logger, name, e.Message);
        }
        catch when (!cancellationToken.IsCancellationRequested)
        {
            // Left alone for a while as after any failure: it would fail the same way four times a second.
            state.FailedAt = clock.GetTimestamp();
            throw;
        }
        catch (OperationCanceledException)
        {
            // The process ends.
        }
        finally
        {
            state.UsedAt = clock.GetTimestamp();
            state.Phase = null;
        }
    }

    /// <summary>What is known of one engine between two looks.</summary>
    private sealed class State
    {
        private volatile object? _phase;
        private long _failedAt;

        /// <summary>What is being done to it; null: nothing.</summary>
        public SwapPhase? Phase
        {
            get => (SwapPhase?)_phase;
            set => _phase = value;
        }

        public long? FailedAt
        {
            get => Interlocked.Read(ref _failedAt) is not 0 and var at ? at : null;
            set => Interlocked.Exchange(ref _failedAt, value ?? 0);
        }

        /// <summary>It was found stopped, and nobody is sent there.</summary>
        public bool Held { get; set; }

        public long Uses { get; set; }

        public long UsedAt { get; set; }
    }

    private sealed class Silence : IProgress<LifecycleProgress>
    {
        public static Silence Instance { get; } = new();

        public void Report(LifecycleProgress value)
        {
            // Nobody watches.
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "{Engine} (on demand): {Phase}")]
        public static partial void Began(ILogger logger, string engine, SwapPhase phase);

        [LoggerMessage(2, LogLevel.Warning, "{Engine}: {Reason}")]
        public static partial void Failed(ILogger logger, string engine, string reason);
    }
}
