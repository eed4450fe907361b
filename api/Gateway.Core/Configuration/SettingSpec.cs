namespace Gateway.Core.Configuration;

/// <summary>Whether a changed value waits for the next start of the gateway.</summary>
public enum Restart
{
    /// <summary>A reload takes it.</summary>
    None,

    /// <summary>It is read at the start only.</summary>
    Always,

    /// <summary>A reload takes another value, and none; the first one, where the start had none, waits.</summary>
    First,
}

/// <summary>One setting of the gateway: a row of the documentation's table, and the allow-list of variable names.</summary>
/// <param name="Name">Environment variable.</param>
/// <param name="Default">What is used when it is not set; empty: nothing.</param>
/// <param name="Meaning">What it does, with its unit.</param>
/// <param name="Allowed">What values it takes, as the error message says it.</param>
/// <param name="Secret">Its value is never shown.</param>
/// <param name="Restart">Whether a change of it waits for the next start. It must say so of all that is made once and outlives the settings.</param>
public sealed record SettingSpec(string Name, string Default, string Meaning, string Allowed, bool Secret = false, Restart Restart = Restart.None)
{
    /// <summary>The value that these variables give it: without spaces around it, and the default where there is none.</summary>
    public string ValueIn(IReadOnlyDictionary<string, string> variables) =>
        variables.TryGetValue(Name, out var value) && value.Trim() is { Length: > 0 } given ? given : Default;

    /// <summary>What the process was started with is not what the variables say now, and only the next start changes that.</summary>
    public bool Waits(IReadOnlyDictionary<string, string> start, IReadOnlyDictionary<string, string> now) => Restart switch
    {
        Restart.Always => ValueIn(start) != ValueIn(now),
        Restart.First => ValueIn(start).Length == 0 && ValueIn(now).Length > 0,
        Restart.None => false,
        _ => throw new InvalidOperationException($"{Restart} says nothing of restarts."),
    };
}
