using Gateway.Configuration;
using Polly;
using Polly.CircuitBreaker;

namespace Gateway.Backends;

/// <summary>Leaves a replica alone after it has failed often, and lets one request through now and then to see whether it is back.</summary>
internal sealed class ReplicaBreaker
{
    private readonly CircuitBreakerStateProvider _state = new();
    private long _closedUntil;

    public ReplicaBreaker(ResilienceSettings settings, TimeProvider clock)
    {
        Clock = clock;
        Pipeline = new ResiliencePipelineBuilder<bool> { TimeProvider = clock }
            .AddCircuitBreaker(new CircuitBreakerStrategyOptions<bool>
            {
                // A broken stream ends with an I/O error; a caller who left says nothing about the replica.
                ShouldHandle = static args => ValueTask.FromResult(args.Outcome.Exception is { } e ? e is IOException : !args.Outcome.Result),
                FailureRatio = settings.BreakerRatio,
                MinimumThroughput = Math.Max(2, settings.BreakerFailures),
                SamplingDuration = settings.BreakerWindow,
                BreakDuration = settings.BreakerPause,
                StateProvider = _state,
                OnClosed = _ =>
                {
                    Closed?.Invoke();
                    return ValueTask.CompletedTask;
                },
                OnOpened = args =>
                {
                    Interlocked.Exchange(ref _closedUntil, clock.GetTimestamp() + (long)(args.BreakDuration.TotalSeconds * clock.TimestampFrequency));
                    return ValueTask.CompletedTask;
                },
            })
            .Build();
    }

    /// <summary>Breakers by these two settings would do the same.</summary>
    public static bool Same(ResilienceSettings one, ResilienceSettings other) =>
        one with { Retries = other.Retries, RetryBudget = other.RetryBudget } == other;

    /// <summary>Runs attempts; the result of one says whether it counts as a success.</summary>
    public ResiliencePipeline<bool> Pipeline { get; }

    /// <summary>Called when the replica has proved well again.</summary>
    public Action? Closed { get; set; }

    public TimeProvider Clock { get; }

    /// <summary>Nothing speaks against the replica.</summary>
    public bool IsClosed => _state.CircuitState == CircuitState.Closed;

    public CircuitState State => _state.CircuitState;

    /// <summary>Takes note of an attempt that was begun while nothing spoke against the replica.</summary>
    public void Count(bool success)
    {
        try
        {
            Pipeline.Execute(static success => success, success);
        }
        catch (BrokenCircuitException)
        {
            // Others have opened it meanwhile; one failure more or less says nothing new.
        }
    }

    /// <summary>A request would be let through.</summary>
    public bool Lets => _state.CircuitState switch
    {
        CircuitState.Closed => true,
        CircuitState.Open => Clock.GetTimestamp() >= Interlocked.Read(ref _closedUntil),
        CircuitState.HalfOpen or CircuitState.Isolated => false,
        _ => true,
    };
}
