using Gateway.Engines;
using Gateway.Proxy.Backends;

namespace Gateway.Proxy.Health;

/// <summary>A replica under watch, and what of the next look at it can be spared. Used by one watcher at a time, but for the backend.</summary>
internal sealed class ReplicaWatch(Backend backend, Replica replica)
{
    /// <summary>An engine without metrics may be started with them, but seldom is.</summary>
    private const int LooksWithoutLoad = 12;

    /// <summary>The longest pause between looks at a replica that is away.</summary>
    private static readonly TimeSpan Latest = TimeSpan.FromSeconds(5);

    /// <summary>The same where callers can go nowhere else.</summary>
    private static readonly TimeSpan LatestOfTheOnly = TimeSpan.FromSeconds(0.25);

    /// <summary>After this time nobody sits waiting for it; whoever comes has it looked at.</summary>
    private static readonly TimeSpan LongAway = TimeSpan.FromMinutes(5);

    private volatile Backend _backend = backend;
    private int _looksWithoutLoad;
    private long _awaySince;

    public Replica Replica { get; } = replica;

    /// <summary>The replica's backend by the settings in force.</summary>
    public Backend Backend
    {
        get => _backend;
        set => _backend = value;
    }

    public CancellationTokenSource Stop { get; } = new();

    public Task Task { get; set; } = Task.CompletedTask;

    /// <summary>The engine has said lately that it does not tell its load.</summary>
    /// <param name="turnedReady">It may be another engine than before.</param>
    public bool SparesLoad(bool turnedReady)
    {
        _looksWithoutLoad = turnedReady ? 0 : Math.Max(0, _looksWithoutLoad - 1);
        return _looksWithoutLoad > 0;
    }

    /// <summary>The engine does not tell its load.</summary>
    public void TellsNoLoad() => _looksWithoutLoad = LooksWithoutLoad;

    /// <summary>The pause until the next look at a replica that is not well.</summary>
    /// <param name="pause">The pause before.</param>
    public TimeSpan WhileAway(TimeSpan pause)
    {
        var clock = Replica.Breaker.Clock;
        _awaySince = _awaySince == 0 ? clock.GetTimestamp() : _awaySince;
        var longest = !Backend.Usable && clock.GetElapsedTime(_awaySince) < LongAway ? LatestOfTheOnly : Latest;
        return pause * 2 < longest ? pause * 2 : longest;
    }

    /// <summary>The replica is well.</summary>
    public void IsBack() => _awaySince = 0;
}
