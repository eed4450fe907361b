using Gateway.Proxy.Backends;

namespace Gateway.Proxy.Health;

/// <summary>A watched replica and the pauses between its probes. Used by one watcher at a time, apart from <see cref="Backend"/>.</summary>
internal sealed class ReplicaWatch(Backend backend, Replica replica)
{
    /// <summary>An engine without metrics is asked for them again after this many probes: it may be restarted with them.</summary>
    private const int ProbesWithoutLoad = 12;

    /// <summary>The longest pause between probes of a replica that is away.</summary>
    private static readonly TimeSpan MaxPause = TimeSpan.FromSeconds(5);

    /// <summary>The same where the backend has no other usable replica.</summary>
    private static readonly TimeSpan MaxPauseOfOnlyReplica = TimeSpan.FromSeconds(0.25);

    /// <summary>After this time it is probed at the longer pause: a request that needs it has it probed immediately.</summary>
    private static readonly TimeSpan LongAway = TimeSpan.FromMinutes(5);

    private volatile Backend _backend = backend;
    private int _probesWithoutLoad;
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

    /// <summary>The engine was found not to report its load.</summary>
    /// <param name="turnedReady">It may be another engine than before.</param>
    public bool SkipsLoad(bool turnedReady)
    {
        _probesWithoutLoad = turnedReady ? 0 : Math.Max(0, _probesWithoutLoad - 1);
        return _probesWithoutLoad > 0;
    }

    /// <summary>The engine does not report its load.</summary>
    public void NoteNoLoad() => _probesWithoutLoad = ProbesWithoutLoad;

    /// <summary>The pause until the next probe of a replica that is not ready.</summary>
    /// <param name="pause">The pause before.</param>
    public TimeSpan WhileAway(TimeSpan pause)
    {
        var clock = Replica.Breaker.Clock;
        _awaySince = _awaySince == 0 ? clock.GetTimestamp() : _awaySince;
        var longest = !Backend.Usable && clock.GetElapsedTime(_awaySince) < LongAway ? MaxPauseOfOnlyReplica : MaxPause;
        return pause * 2 < longest ? pause * 2 : longest;
    }

    /// <summary>The replica is ready.</summary>
    public void IsBack() => _awaySince = 0;
}
