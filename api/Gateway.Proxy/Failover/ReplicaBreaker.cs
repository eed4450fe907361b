using Gateway.Core.Configuration;
using Polly;
using Polly.CircuitBreaker;

namespace Gateway.Proxy.Failover;

/// <summary>Stops requests to a replica that fails often, and lets single requests through to test it.</summary>
/// <remarks>Often is a ratio of the attempts in the window, or a number of failures in a row.</remarks>
public sealed class ReplicaBreaker
{
    private const int RowsOf = 2;

    private readonly CircuitBreakerStateProvider _state = new();
    private readonly CircuitBreakerManualControl _control = new();
    private readonly ResiliencePipeline<bool> _pipeline;
    private readonly int _least;
    private volatile TaskCompletionSource<bool>? _probe;
    private long _closedUntil;
    private int _inARow;

    public ReplicaBreaker(ResilienceSettings settings, TimeProvider clock)
    {
        Clock = clock;
        _least = Math.Max(2, settings.BreakerFailures);
        _pipeline = new ResiliencePipelineBuilder<bool> { TimeProvider = clock }
            .AddCircuitBreaker(new CircuitBreakerStrategyOptions<bool>
            {
                ShouldHandle = static args => ValueTask.FromResult(!args.Outcome.Result),
                FailureRatio = settings.BreakerRatio,
                MinimumThroughput = _least,
                SamplingDuration = settings.BreakerWindow,
                BreakDuration = settings.BreakerPause,
                StateProvider = _state,
                ManualControl = _control,
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

    /// <summary>Called when the replica has proved well again.</summary>
    public Action? Closed { get; set; }

    public TimeProvider Clock { get; }

    /// <summary>Nothing speaks against the replica.</summary>
    public bool IsClosed => _state.CircuitState == CircuitState.Closed;

    public CircuitState State => _state.CircuitState;

    /// <summary>Takes note of an attempt that was begun while nothing spoke against the replica.</summary>
    public void Count(bool success)
    {
        if (success)
        {
            Volatile.Write(ref _inARow, 0);
        }
        else if (Interlocked.Increment(ref _inARow) == _least * RowsOf && IsClosed)
        {
            Forget();
            for (var i = 1; i < _least; i++)
            {
                Take(success: false);
            }
        }

        Take(success);
    }

    /// <summary>What came before says nothing any more: the replica is another one, or has changed for good.</summary>
    public void Forget() => _ = _control.CloseAsync();

    /// <summary>Lets one request through an open breaker.</summary>
    /// <returns>False: another one is through already.</returns>
    public bool TryBeginProbe()
    {
        var probe = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        var asked = _pipeline.ExecuteAsync(static async (probe, _) => await probe.Task, probe, CancellationToken.None).AsTask();
        if (asked.IsCompleted)
        {
            // Refused, and said so by an exception.
            _ = asked.Exception;
            return false;
        }

        _probe = probe;
        return true;
    }

    /// <summary>An answer begins: all that the one request was let through for.</summary>
    public void Answered() => _probe?.TrySetResult(true);

    /// <summary>The request that was let through has ended.</summary>
    /// <param name="well">Nothing in it speaks against the replica.</param>
    public void EndProbe(bool well)
    {
        if (Interlocked.Exchange(ref _probe, null) is { } probe && !probe.TrySetResult(well) && !well)
        {
            // It began well.
            Count(success: false);
        }
    }

    /// <summary>A request would be let through.</summary>
    public bool AllowsRequest => _state.CircuitState switch
    {
        CircuitState.Closed => true,
        CircuitState.Open => Clock.GetTimestamp() >= Interlocked.Read(ref _closedUntil),
        CircuitState.HalfOpen or CircuitState.Isolated => false,
        _ => true,
    };

    private void Take(bool success)
    {
        try
        {
            _pipeline.Execute(static success => success, success);
        }
        catch (BrokenCircuitException)
        {
            // Others have opened it meanwhile; one failure more or less says nothing new.
        }
    }
}
