using Gateway.Engines;
using Gateway.Proxy.Backends;

namespace Gateway.Proxy.Health;

/// <summary>A replica under watch, and what of the next look at it can be spared. Used by one watcher at a time, but for the backend.</summary>
internal sealed class ReplicaWatch(Backend backend, Replica replica)
{
    /// <summary>Up to so many replicas of a backend each look is made: it costs next to nothing.</summary>
    private const int Few = 32;

    /// <summary>However well the traffic goes, the engine's own word is asked for every so many looks.</summary>
    private const int MostSpared = 3;

    /// <summary>An engine without metrics may be started with them, but seldom is.</summary>
    private const int LooksWithoutLoad = 12;

    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(0.75);

    /// <summary>The longest pause between looks at a replica that is away.</summary>
    private static readonly TimeSpan Latest = TimeSpan.FromSeconds(5);

    /// <summary>The same where callers can go nowhere else.</summary>
    private static readonly TimeSpan LatestOfTheOnly = TimeSpan.FromSeconds(0.25);

    /// <summary>After this time nobody sits waiting for it; whoever comes has it looked at.</summary>
    private static readonly TimeSpan LongAway = TimeSpan.FromMinutes(5);

    private volatile Backend _backend = backend;
    private Backend? _asked;
    private long _answeredAt;
    private int _spared;
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

    /// <summary>One of many that are well has answered a request since the last look: that says what a probe would say.</summary>
    /// <param name="suspected">Something speaks against the replica.</param>
    public bool SparesProbe(bool suspected)
    {
        var answeredAt = Replica.Score.AnsweredAt;
        var spares = !suspected && Backend == _asked && Backend.Replicas.Count > Few && Replica.Probed == EngineState.Ready && answeredAt != _answeredAt && _spared < MostSpared;
        (_asked, _answeredAt, _spared) = (Backend, answeredAt, spares ? _spared + 1 : 0);
        return spares;
    }

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

    /// <summary>
    /// The pause between looks at one of many that are well, so short that the connection is still open: opening one costs several
    /// times what is asked on it.
    /// </summary>
    public TimeSpan WhileOpen(TimeSpan pause)
    {
        var open = TimeSpan.FromSeconds(Backend.Profile.IdleConnectionSeconds) - Margin;
        return Backend.Replicas.Count > Few && open > Margin && open < pause ? open : pause;
    }

    /// <summary>The first pause of a replica that is well: replicas that are found at once are not looked at at once ever after.</summary>
    public TimeSpan Spread(TimeSpan pause) =>
        Backend.Replicas.Count == 1 ? pause : pause * (0.5 + ((Replica.Seed >> 40) / (double)(1 << 25)));
}
