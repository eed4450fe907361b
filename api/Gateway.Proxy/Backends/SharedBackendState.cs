namespace Gateway.Proxy.Backends;

/// <summary>What a backend keeps when its settings change while some of its replicas stay.</summary>
public sealed class SharedBackendState
{
    private const double Weight = 0.1;
    private double _typicalTokens = 256;

    public SharedBackendState() => Models = new BackendModels(Changes);

    /// <summary>Set with each change of a replica's state or of the models.</summary>
    public ChangeSignal Changes { get; } = new();

    public BackendModels Models { get; }

    /// <summary>Tokens of a usual answer: a moving average of what the engine reported.</summary>
    public double TypicalTokens => Volatile.Read(ref _typicalTokens);

    /// <summary>An answer had so many tokens. Without a lock: losing a sample does no harm.</summary>
    public void Answered(long tokens)
    {
        var mean = Volatile.Read(ref _typicalTokens);
        Volatile.Write(ref _typicalTokens, Math.Max(1, mean + (Weight * (tokens - mean))));
    }
}
