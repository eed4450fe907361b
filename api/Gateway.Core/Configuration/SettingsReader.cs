using Gateway.Engines;

namespace Gateway.Core.Configuration;

/// <summary>The one place where variables become <see cref="GatewaySettings"/>. Collects every fault before it gives up.</summary>
public sealed class SettingsReader
{
    private readonly VariableReader _variables;

    private SettingsReader(VariableReader variables) => _variables = variables;

    /// <summary>Reads all settings.</summary>
    /// <returns>The settings, or null with one message for each fault.</returns>
    public static (GatewaySettings? Settings, IReadOnlyList<string> Faults) Read(IReadOnlyDictionary<string, string> variables)
    {
        var reader = new VariableReader(variables);
        var settings = new SettingsReader(reader).ReadAll();
        return reader.Faults.Count == 0 ? (settings, []) : (null, reader.Faults);
    }

    /// <summary>The gateway runs in a container, as the image of its base says.</summary>
    public static bool InContainer(IReadOnlyDictionary<string, string> variables) =>
        variables.TryGetValue("DOTNET_RUNNING_IN_CONTAINER", out var value) && value.Trim() == "true";

    private GatewaySettings ReadAll()
    {
        var backend = ReadBackend();
        var settings = new GatewaySettings
        {
            Backends = [backend],
            BackendDefaults = new BackendSettings { Name = GatewaySettings.Auto, Kind = GatewaySettings.Auto, Deadlines = backend.Deadlines, Admission = backend.Admission, Resilience = backend.Resilience },
            ModelName = _variables.Optional("MODEL_NAME", SettingParsers.ModelName),
            ApiKeys = ClientKeys(),
            ModelAliases = Aliases(),
            UnknownModel = _variables.Choice("GATEWAY_UNKNOWN_MODEL", ["reject", "default"]) == "default" ? UnknownModel.Default : UnknownModel.Reject,
            AdminApiKey = _variables.Optional("ADMIN_API_KEY", SettingParsers.AdminKey),
            Host = _variables.Required("GATEWAY_HOST", SettingParsers.Host),
            Port = (int)_variables.Whole("GATEWAY_PORT", 0, 65535)!,
            MetricsPort = _variables.Whole("GATEWAY_METRICS_PORT", 0, 65535),
            MetricsHost = _variables.Optional("GATEWAY_METRICS_HOST", SettingParsers.HostOrName),
            LogFormat = _variables.Choice("GATEWAY_LOG_FORMAT", ["console", "json"]) == "json" ? LogFormat.Json : LogFormat.Console,
            CorsOrigins = _variables.List("GATEWAY_CORS_ORIGINS", SettingParsers.Origin),
            MediaUrls = _variables.Choice("GATEWAY_MEDIA_URLS", ["pass", "deny"]) == "deny" ? MediaUrls.Deny : MediaUrls.Pass,
            ObjectKeys = _variables.List("GATEWAY_OBJECT_KEYS", SettingParsers.ObjectKey),
            MaxBodyBytes = _variables.Whole("GATEWAY_MAX_BODY_MB", 1, 4096)!.Value * 1024L * 1024,
            BodyMemoryBytes = _variables.Whole("GATEWAY_BODY_MEMORY_MB", 1, 1024 * 1024) is { } megabytes ? megabytes * 1024L * 1024 : null,
            HoldInterval = _variables.Duration("GATEWAY_HOLD_COMMENT_SECONDS"),
            LoadingWait = _variables.Duration("GATEWAY_LOADING_WAIT_SECONDS", zero: true),
            Drain = _variables.Duration("GATEWAY_DRAIN_SECONDS", zero: true),
            Management = ManagementReader.Read(_variables),
            Tracing = TracingReader.Read(_variables),
        };
        return _variables.Get("GATEWAY_CONFIG") is { Length: > 0 } file ? WithFile(settings, file) : CheckTogether(settings, hasBackends: false, hasKeys: false);
    }

    private GatewaySettings WithFile(GatewaySettings environment, string path)
    {
        var (bytes, reason) = SettingsFile.Read(path);
        if (bytes is null)
        {
            _variables.Fault("GATEWAY_CONFIG", path, reason: $" {reason}");
            return environment;
        }

        var file = GatewayFile.Read(bytes, path, _variables.All, environment);
        foreach (var fault in file.Faults)
        {
            _variables.Fault(fault);
        }

        return CheckTogether(file.Settings with { File = path, Warnings = [.. file.HasBackends ? Unused() : []] }, file.HasBackends, file.HasKeys);
    }

    // Of the engine's settings these have nobody left to hold for. The kind is tolerated without a word where it says nothing.
    private IEnumerable<string> Unused() =>
        from name in (string[])["BACKEND_KIND", "BACKEND_BASE_URL", "BACKEND_API_KEY"]
        where _variables.Get(name) is { Length: > 0 } value && value != GatewaySettings.Auto
        select $"{name} has no effect: the backends are those of GATEWAY_CONFIG.";

    private BackendSettings ReadBackend()
    {
        var kind = _variables.Choice("BACKEND_KIND", [GatewaySettings.Auto, .. EngineCatalog.All.Select(profile => profile.Id)]);
        return new BackendSettings
        {
            Name = kind,
            Kind = kind,
            Replicas = [.. Urls(kind).Select(url => new ReplicaSettings(url))],
            ApiKey = _variables.Optional("BACKEND_API_KEY", SettingParsers.HeaderValue),
            Deadlines = ReadDeadlines(),
            Resume = SettingParsers.Resume(_variables.Choice("GATEWAY_RESUME", SettingParsers.ResumeWords)),
            StreamPlain = SettingParsers.StreamPlain(_variables.Choice("GATEWAY_STREAM_PLAIN", SettingParsers.StreamPlainWords)),
            Translate = SettingParsers.Translate(_variables.Choice("GATEWAY_TRANSLATE", SettingParsers.TranslateWords)),
            ServerTools = SettingParsers.ServerTools(_variables.Choice("GATEWAY_SERVER_TOOLS", SettingParsers.ServerToolWords)),
            ClampTokens = _variables.Choice("GATEWAY_CLAMP_MAX_TOKENS", ["on", "off"]) == "on",
            WarmUp = _variables.Duration("GATEWAY_WARMUP_SECONDS", zero: true),
            PrefixAffinity = _variables.Choice("GATEWAY_PREFIX_AFFINITY", ["off", "on"]) == "on",
            Resilience = new ResilienceSettings
            {
                Retries = (int)_variables.Whole("GATEWAY_RETRIES", 0, 5)!,
                RetryBudget = (int)_variables.Whole("GATEWAY_RETRY_BUDGET_PERCENT", 0, 100)! / 100.0,
                BreakerFailures = (int)_variables.Whole("GATEWAY_BREAKER_FAILURES", 2, 1000)!,
                BreakerPause = _variables.Duration("GATEWAY_BREAKER_SECONDS", least: 0.5),
            },
            Admission = new AdmissionSettings
            {
                MaxConcurrency = _variables.Whole("GATEWAY_MAX_CONCURRENCY", 1, 100_000),
                MaxQueue = (int)_variables.Whole("GATEWAY_MAX_QUEUE", 0, 100_000)!,
                QueueTimeout = _variables.Duration("GATEWAY_QUEUE_TIMEOUT_SECONDS"),
            },
        };
    }

    // In a container the loopback address is the container itself: there an engine is found by its service's name.
    private List<Uri> Urls(string kind)
    {
        var urls = _variables.List("BACKEND_BASE_URL", SettingParsers.Url);
        return urls.Count == 0 && InContainer(_variables.All) && EngineCatalog.Find(kind) is { Demonstration: false } profile
            ? [new Uri(profile.Deployment.BaseUrl)]
            : urls;
    }

    private Deadlines ReadDeadlines() => new()
    {
        Connect = _variables.Duration("GATEWAY_CONNECT_TIMEOUT_SECONDS"),
        Headers = _variables.Duration("GATEWAY_HEADERS_TIMEOUT_SECONDS"),
        FirstToken = _variables.Duration("GATEWAY_FIRST_TOKEN_TIMEOUT_SECONDS"),
        Idle = _variables.Duration("GATEWAY_IDLE_TIMEOUT_SECONDS"),
        Total = _variables.Duration("GATEWAY_TOTAL_TIMEOUT_SECONDS"),
    };

    private GatewaySettings CheckTogether(GatewaySettings settings, bool hasBackends, bool hasKeys)
    {
        if (_variables.Items("API_KEYS").Length == 0 && !hasKeys && settings.Host is { } host && !SettingParsers.IsLoopback(host))
        {
            _variables.Fault($"API_KEYS is empty while GATEWAY_HOST={host} can be reached from other machines: set API_KEYS, or listen on 127.0.0.1.");
        }

        if (!hasBackends)
        {
            CheckBackend(settings);
        }

        if (settings.AdminApiKey is { } admin && settings.ApiKeys.FirstOrDefault(key => key.Hash.AsSpan().SequenceEqual(admin.Hash)) is { } same)
        {
            _variables.Fault($"ADMIN_API_KEY is the key of the client {same.Name} too, who could then administer this gateway: give one of them another key.");
        }

        if (settings.Management.Mode != ManagementMode.Off && _variables.Get("ADMIN_API_KEY").Length == 0)
        {
            settings = settings with { Warnings = [.. settings.Warnings, "GATEWAY_MANAGEMENT has no effect without ADMIN_API_KEY: its routes need that key."] };
        }

        if (settings.BodyMemoryBytes < settings.MaxBodyBytes && !_variables.IsFaulty("GATEWAY_BODY_MEMORY_MB"))
        {
            _variables.Fault($"GATEWAY_BODY_MEMORY_MB={_variables.Get("GATEWAY_BODY_MEMORY_MB")} is less than one body may have (GATEWAY_MAX_BODY_MB={_variables.Get("GATEWAY_MAX_BODY_MB")}): raise the one or lower the other.");
        }

        if (settings.UnknownModel == UnknownModel.Default && _variables.Get("MODEL_NAME").Length == 0)
        {
            _variables.Fault("GATEWAY_UNKNOWN_MODEL=default needs MODEL_NAME: the model that serves unknown names.");
        }

        return settings;
    }

    private void CheckBackend(GatewaySettings settings)
    {
        if (OwnAddress.Fault(settings) is { } loop)
        {
            _variables.Fault(loop);
        }

        if (settings.MetricsPort is > 0 && settings.MetricsPort == settings.Port)
        {
            _variables.Fault($"GATEWAY_METRICS_PORT={settings.MetricsPort} is GATEWAY_PORT too: leave it empty to have the metrics there, or give them another port.");
        }

        var backend = settings.Backends[0];
        if (backend.Replicas.Count > 0 && (backend.Kind == GatewaySettings.Auto || EngineCatalog.Find(backend.Kind) is { Demonstration: true }))
        {
            _variables.Fault($"BACKEND_BASE_URL is set while BACKEND_KIND={backend.Kind} looks for no URL: say which engine is at that URL, for instance BACKEND_KIND=openai.");
        }
    }

    private List<ClientKey> ClientKeys()
    {
        var keys = new List<ClientKey>();
        var items = _variables.Items("API_KEYS");
        for (var place = 1; place <= items.Length; place++)
        {
            var key = SettingParsers.NamedKey(items[place - 1], place);
            if (key is null || keys.Any(other => other.Name == key.Name || other.Hash.AsSpan().SequenceEqual(key.Hash)))
            {
                _variables.Fault("API_KEYS", items[place - 1], FormattableString.Invariant($" (number {place})"));
                continue;
            }

            keys.Add(key);
        }

        return keys;
    }

    private IReadOnlyList<ModelAlias> Aliases()
    {
        var aliases = new List<ModelAlias>();
        foreach (var item in _variables.Items("MODEL_ALIASES"))
        {
            var alias = SettingParsers.Alias(item);
            if (alias is null || aliases.Any(other => other.Name == alias.Name))
            {
                _variables.Fault("MODEL_ALIASES", item);
                continue;
            }

            aliases.Add(alias);
        }

        var targets = AliasChain.Targets(aliases);
        foreach (var chain in aliases.Select(alias => AliasChain.From(alias.Name, targets)).Where(chain => chain.Cycle))
        {
            _variables.Fault($"MODEL_ALIASES: {chain.Names[0]}={chain.Names[1]}: {chain.Loop}");
        }

        return AliasChain.Resolve(aliases);
    }
}
