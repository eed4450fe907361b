using System.Reflection;

namespace Gateway.Health;

/// <summary>Where the process is between its start and its end, and how many requests it is answering.</summary>
internal sealed class Lifecycle : IDisposable
{
    private readonly CancellationTokenSource _ending = new();
    private volatile bool _draining;
    private int _running;

    public static string Version { get; } =
        typeof(Lifecycle).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";

    /// <summary>Not ready any more; what comes in is still answered, on connections that close behind it.</summary>
    public bool Draining => _draining;

    /// <summary>The time for finishing is over: streams that still run are told so and end.</summary>
    public CancellationToken Ending => _ending.Token;

    public int Running => Volatile.Read(ref _running);

    public void BeginDrain() => _draining = true;

    public void End() => _ending.Cancel();

    public void Enter() => Interlocked.Increment(ref _running);

    public void Leave() => Interlocked.Decrement(ref _running);

    public void Dispose() => _ending.Dispose();
}
