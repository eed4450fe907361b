namespace Gateway.Configuration;

/// <summary>What is different between two sets of settings, in words for the operator. Never a secret: only names.</summary>
internal static class SettingsChanges
{
    /// <summary>The settings that are read at the start only, with what each comes to.</summary>
    private static readonly (string Name, Func<GatewaySettings, object?> Read)[] AtStart =
    [
        ("GATEWAY_HOST", static settings => settings.Host),
        ("GATEWAY_PORT", static settings => settings.Port),
        ("GATEWAY_METRICS_PORT", static settings => settings.MetricsPort),
        ("GATEWAY_METRICS_HOST", static settings => settings.MetricsHost),
        ("GATEWAY_LOG_FORMAT", static settings => settings.LogFormat),
        ("GATEWAY_CORS_ORIGINS", static settings => string.Join(',', settings.CorsOrigins)),
        ("GATEWAY_MAX_BODY_MB", static settings => settings.MaxBodyBytes),
        ("GATEWAY_BODY_MEMORY_MB", static settings => settings.BodyMemoryBytes),
        ("GATEWAY_DRAIN_SECONDS", static settings => settings.Drain),
        ("OTEL_…", static settings => settings.Tracing),
        // Another key opens the pages from now on; whether there are such pages is decided at the start.
        ("ADMIN_API_KEY", static settings => settings.AdminApiKey is null),
    ];

    /// <summary>Says what has changed, one short text a change.</summary>
    public static IReadOnlyList<string> Between(GatewaySettings before, GatewaySettings after) =>
    [
        .. Backends(before.Backends, after.Backends),
        .. Keys(before.ApiKeys, after.ApiKeys),
        .. Rest(before, after),
        .. AtStart.Where(setting => !Equals(setting.Read(before), setting.Read(after))).Select(setting => $"{setting.Name} (from the next start)"),
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

    private static IEnumerable<string> Rest(GatewaySettings before, GatewaySettings after)
    {
        if (!before.ModelAliases.SequenceEqual(after.ModelAliases))
        {
            yield return "aliases";
        }

        if (!SameFallbacks(before.Fallbacks, after.Fallbacks))
        {
            yield return "fallbacks";
        }

        if (before.ModelName != after.ModelName)
        {
            yield return "MODEL_NAME";
        }

        if (before.UnknownModel != after.UnknownModel)
        {
            yield return "GATEWAY_UNKNOWN_MODEL";
        }

        if (before.AdminApiKey is { } old && after.AdminApiKey is { } now && !old.SameAs(now))
        {
            yield return "ADMIN_API_KEY";
        }

        if (before.MediaUrls != after.MediaUrls)
        {
            yield return "GATEWAY_MEDIA_URLS";
        }

        if (!before.ObjectKeys.SequenceEqual(after.ObjectKeys))
        {
            yield return "GATEWAY_OBJECT_KEYS";
        }

        if (before.LoadingWait != after.LoadingWait)
        {
            yield return "GATEWAY_LOADING_WAIT_SECONDS";
        }
    }

    private static bool SameFallbacks(IReadOnlyDictionary<string, IReadOnlyList<FallbackTarget>> before, IReadOnlyDictionary<string, IReadOnlyList<FallbackTarget>> after) =>
        before.Count == after.Count && before.All(pair => after.TryGetValue(pair.Key, out var other) && pair.Value.SequenceEqual(other));
}
