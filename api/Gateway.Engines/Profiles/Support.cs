namespace Gateway.Engines;

/// <summary>How far an engine serves an endpoint.</summary>
public enum SupportLevel
{
    Native,
    Partial,
    Needs,
    Missing,
}

/// <summary>One cell of the capability matrix: what an engine does with an endpoint.</summary>
/// <param name="Level">How far it is served; everything but <see cref="SupportLevel.Missing"/> is forwarded.</param>
/// <param name="Note">What differs (partial), what it takes (needs), or why not (missing). A sentence.</param>
/// <param name="Alternative">For a missing endpoint: what the caller can do instead. A sentence.</param>
/// <param name="Path">The engine's own path where it is not the public one.</param>
public sealed record Support(SupportLevel Level, string? Note = null, string? Alternative = null, string? Path = null)
{
    public static Support Native { get; } = new(SupportLevel.Native);

    public bool Served => Level != SupportLevel.Missing;

    public static Support At(string path) => new(SupportLevel.Native, Path: path);

    public static Support Partial(string note, string? path = null) => new(SupportLevel.Partial, note, Path: path);

    /// <summary>Served once the engine has been given something: a kind of model, or a flag.</summary>
    public static Support Needs(string what, string? path = null) => new(SupportLevel.Needs, what, Path: path);

    public static Support Missing(string reason, string alternative) => new(SupportLevel.Missing, reason, alternative);
}
