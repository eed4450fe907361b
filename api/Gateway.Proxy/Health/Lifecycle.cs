using System.Reflection;

namespace Gateway.Proxy.Health;

/// <summary>Where the process is between its start and its end, and how many requests it is answering.</summary>
public sealed class Lifecycle : IDisposable
{
    /// <summary>The build writes <c>version+commit</c>; a build outside a clone knows no commit.</summary>
    private static readonly string[] Build =
        (typeof(Lifecycle).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown").Split('+', 2);

    private readonly CancellationTokenSource _ending = new();
    private volatile bool _draining;
    private volatile bool _refuses;
    private volatile bool _wasReady;
    private long _listsAwaitedSince;
    private int _running;
    private int _replacedInUse;

    public static string Version => Build[0];

    /// <summary>The first digits of the commit it was built from, or nothing.</summary>
    public static string Revision { get; } = Build.Length > 1 ? Build[1][..Math.Min(12, Build[1].Length)] : "";

    /// <summary>No longer ready. New requests are still answered, on connections that close afterwards, until load balancers have
    /// noticed.</summary>
    public bool Draining => _draining;

    /// <summary>New requests are refused; running ones may finish.</summary>
    public bool Refuses => _refuses;

    /// <summary>The time to finish is over: running streams get an error and end.</summary>
    public CancellationToken Ending => _ending.Token;

    /// <summary><c>/ready</c> has answered 200 once.</summary>
    public bool WasReady
    {
        get => _wasReady;
        set => _wasReady = value;
    }

    /// <summary>For how long the first lists of models have been waited for.</summary>
    public TimeSpan ListsAwaited(TimeProvider clock)
    {
        var now = clock.GetTimestamp();
        var since = Interlocked.CompareExchange(ref _listsAwaitedSince, now, 0);
        return since == 0 ? TimeSpan.Zero : clock.GetElapsedTime(since, now);
    }

    public int Running => Volatile.Read(ref _running);

    /// <summary>How many replaced snapshots still have running requests.</summary>
    public int ReplacedInUse => Volatile.Read(ref _replacedInUse);

    public void BeginDrain() => _draining = true;

    public void Refuse() => _refuses = true;

    public void End()
    {
        _refuses = true;
        _ending.Cancel();
    }

    public void Enter() => Interlocked.Increment(ref _running);

    public void Leave() => Interlocked.Decrement(ref _running);

    /// <summary>A snapshot has been replaced; dispose of the result when its last request has ended.</summary>
    public IDisposable Retire()
    {
        Interlocked.Increment(ref _replacedInUse);
        return new Retirement(this);
    }

    public void Dispose() => _ending.Dispose();

    private sealed class Retirement(Lifecycle lifecycle) : IDisposable
    {
        public void Dispose() => Interlocked.Decrement(ref lifecycle._replacedInUse);
    }
}
