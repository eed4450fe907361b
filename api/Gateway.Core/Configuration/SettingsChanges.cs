namespace Gateway.Core.Configuration;

/// <summary>What is different between two sets of settings, in words for the operator. Never a secret: only names.</summary>
public static class SettingsChanges
{
    /// <summary>The settings that a reload takes and that are not a part of a backend, a key or a list of names.</summary>
    private static readonly (string Name, Func<GatewaySettings, object?> Read)[] InForce =
    [
        ("GATEWAY_CONFIG", static settings => settings.File),
        ("MODEL_NAME", static settings => settings.ModelName),
        ("GATEWAY_UNKNOWN_MODEL", static settings => settings.UnknownModel),
        // A removed key closes its pages, another one opens them.
        ("ADMIN_API_KEY", static settings => settings.AdminApiKey is { } key ? Convert.ToHexString(key.Hash) : null),
        ("GATEWAY_MEDIA_URLS", static settings => settings.MediaUrls),
        ("GATEWAY_OBJECT_KEYS", static settings => string.Join(',', settings.ObjectKeys)),
        ("GATEWAY_MAX_BODY_MB", static settings => settings.MaxBodyBytes),
        ("GATEWAY_LOADING_WAIT_SECONDS", static settings => settings.LoadingWait),
        ("GATEWAY_HOLD_COMMENT_SECONDS", static settings => settings.HoldInterval),
    ];

    /// <summary>Names the settings whose values wait for the next start, by the table of settings.</summary>
    /// <param name="start">The variables that the process was started with.</param>
    /// <param name="now">Those that were taken last.</param>
    public static IReadOnlyList<string> Waiting(IReadOnlyDictionary<string, string> start, IReadOnlyDictionary<string, string> now) =>
        [.. SettingCatalog.All.Where(spec => spec.Waits(start, now)).Select(spec => spec.Name)];

    /// <summary>Says what has changed, one short text a change.</summary>
    /// <param name="before">What was in force.</param>
    /// <param name="after">What is in force now.</param>
    /// <param name="waiting">Names of the settings that wait for the next start.</param>
    public static IReadOnlyList<string> Between(GatewaySettings before, GatewaySettings after, IReadOnlyList<string> waiting) =>
    [
        .. Backends(before.Backends, after.Backends),
        .. Keys(before.ApiKeys, after.ApiKeys),
        .. Parts(before, after),
        .. Values(before, after).Except(waiting),
        .. waiting.Select(name => $"{name} (from the next start)"),
    ];

    private static IEnumerable<string> Backends(IReadOnlyList<BackendSettings> before, IReadOnlyList<BackendSettings> after)
    {
        foreach (var gone in before.Where(old => after.All(backend => backend.Name != old.Name)))
        {
            yield return $"backend {gone.Name} removed";
        }

        foreach (var backend in after)
        {
            var old = before.FirstOrDefault(old => old.Name == backend.Name);
            if (old is null)
            {
                yield return $"backend {backend.Name} added";
            }
            else if (!old.SameAs(backend))
            {
                var replicas = old.Replicas.SequenceEqual(backend.Replicas) ? "" : FormattableString.Invariant($", {old.Replicas.Count} → {backend.Replicas.Count} replicas");
                yield return $"backend {backend.Name} changed{replicas}";
            }
        }

        if (!before.Select(backend => backend.Name).Where(name => after.Any(backend => backend.Name == name))
            .SequenceEqual(after.Select(backend => backend.Name).Where(name => before.Any(backend => backend.Name == name))))
        {
            yield return "order of the backends";
        }
    }

    private static IEnumerable<string> Keys(IReadOnlyList<ClientKey> before, IReadOnlyList<ClientKey> after)
    {
        foreach (var gone in before.Where(old => after.All(key => key.Name != old.Name)))
        {
            yield return $"key {gone.Name} removed";
        }

        foreach (var key in after)
        {
            var old = before.FirstOrDefault(old => old.Name == key.Name);
            if (old is null || !old.SameAs(key))
            {
                yield return $"key {key.Name} {(old is null ? "added" : "changed")}";
            }
        }
    }

    private static IEnumerable<string> Parts(GatewaySettings before, GatewaySettings after)
    {
        // With a file these are all that may be left of a variable's change: they go for engines that are installed later.
        if (!before.BackendDefaults.SameAs(after.BackendDefaults) && before.Backends.Count == after.Backends.Count && before.Backends.Zip(after.Backends).All(pair => pair.First.SameAs(pair.Second)))
        {
            yield return "defaults for backends";
        }

        if (!before.ModelAliases.SequenceEqual(after.ModelAliases))
        {
            yield return "aliases";
        }

        if (!SameFallbacks(before.Fallbacks, after.Fallbacks))
        {
            yield return "fallbacks";
        }

        if (!before.OnDemand.SameAs(after.OnDemand))
        {
            yield return "on_demand";
        }
    }

    private static IEnumerable<string> Values(GatewaySettings before, GatewaySettings after) =>
        InForce.Where(setting => !Equals(setting.Read(before), setting.Read(after))).Select(setting => setting.Name);

    private static bool SameFallbacks(IReadOnlyDictionary<string, IReadOnlyList<FallbackTarget>> before, IReadOnlyDictionary<string, IReadOnlyList<FallbackTarget>> after) =>
        before.Count == after.Count && before.All(pair => after.TryGetValue(pair.Key, out var other) && pair.Value.SequenceEqual(other));
}
