namespace Gateway.Engines;

/// <summary>How the gateway presents its own key to an engine.</summary>
/// <param name="Header">The request header, or null where the engine takes no key.</param>
/// <param name="Prefix">What stands before the key in the header.</param>
/// <param name="EngineSetting">How the engine itself is given its key: a flag or variable, for the documentation.</param>
public sealed record UpstreamAuth(string? Header, string Prefix, string? EngineSetting)
{
    /// <summary>The engine knows no keys; the network has to keep strangers out.</summary>
    public static UpstreamAuth None { get; } = new(null, "", null);

    public static UpstreamAuth Bearer(string? engineSetting) => new("Authorization", "Bearer ", engineSetting);
}
