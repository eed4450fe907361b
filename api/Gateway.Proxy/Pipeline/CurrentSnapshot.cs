using Gateway.Core.Configuration;

namespace Gateway.Proxy.Pipeline;

/// <summary>The snapshot in force. A reload replaces it as a whole.</summary>
public sealed class CurrentSnapshot
{
    private volatile GatewaySnapshot? _value;

    /// <summary>Null before the start and after the end.</summary>
    public GatewaySnapshot? Value
    {
        get => _value;
        set => _value = value;
    }

    /// <summary>The variables that the settings in force were read from.</summary>
    public IReadOnlyDictionary<string, string> Variables { get; set; } = new Dictionary<string, string>();

    /// <summary>The variables that the process was started with.</summary>
    public IReadOnlyDictionary<string, string> Start { get; set; } = new Dictionary<string, string>();

    /// <summary>Names of the settings whose values wait for the next start.</summary>
    public IReadOnlyList<string> Waiting => SettingsChanges.Waiting(Start, Variables);

    /// <summary>Takes the snapshot for one request, which leaves it at its end.</summary>
    public GatewaySnapshot Enter()
    {
        while (true)
        {
            var snapshot = _value ?? throw new InvalidOperationException("The gateway has not started, or has ended.");
            if (snapshot.TryEnter())
            {
                return snapshot;
            }
        }
    }
}
