using Gateway.Engines;

namespace Gateway.Management.Lifecycle;

/// <summary>What must not be shown of an engine: its options that are marked as secret, and its own key.</summary>
internal static class EngineSecrets
{
    private const string Hidden = "***";

    /// <summary>Below this a replacement would spoil more than it hides.</summary>
    private const int Shortest = 4;

    /// <summary>An option that no profile knows any more is taken for a secret one.</summary>
    public static bool IsSecret(string kind, string variable) =>
        EngineCatalog.Find(kind)?.Deployment.Options.FirstOrDefault(option => option.Variable == variable) is not { Secret: false };

    /// <summary>A text of the engine or of the Docker Engine without the secrets of this version.</summary>
    public static string Without(EngineVersion version, string text)
    {
        foreach (var (name, value) in version.Request.Options)
        {
            if (value.Length >= Shortest && IsSecret(version.Request.Kind, name))
            {
                text = text.Replace(value, Hidden, StringComparison.Ordinal);
            }
        }

        return version.ApiKey is { Length: > 0 } key ? text.Replace(key, Hidden, StringComparison.Ordinal) : text;
    }

    /// <summary>A record with each secret changed.</summary>
    /// <param name="record">The record.</param>
    /// <param name="change">Gets a secret's name and value; null leaves it out.</param>
    public static EngineRecord Map(EngineRecord record, Func<string, string, string?> change) => record with
    {
        Current = Map(record.Current, change),
        Previous = Map(record.Previous, change),
        Operation = record.Operation is { } operation ? operation with { Other = Map(operation.Other, change) } : null,
    };

    private static EngineVersion? Map(EngineVersion? version, Func<string, string, string?> change)
    {
        if (version is null)
        {
            return null;
        }

        var options = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in version.Request.Options)
        {
            if ((IsSecret(version.Request.Kind, name) ? change(name, value) : value) is { } kept)
            {
                options[name] = kept;
            }
        }

        return version with { Request = version.Request with { Options = options }, ApiKey = version.ApiKey is { } key ? change("the key", key) : null };
    }
}
