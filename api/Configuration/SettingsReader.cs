using System.Globalization;
using Gateway.Engines;

namespace Gateway.Configuration;

/// <summary>The one place where variables become <see cref="GatewaySettings"/>. Collects every fault before it gives up.</summary>
internal sealed class SettingsReader
{
    private readonly IReadOnlyDictionary<string, string> _variables;
    private readonly List<string> _faults = [];

    private SettingsReader(IReadOnlyDictionary<string, string> variables) => _variables = variables;

    /// <summary>Reads all settings.</summary>
    /// <returns>The settings, or null with one message for each fault.</returns>
    public static (GatewaySettings? Settings, IReadOnlyList<string> Faults) Read(IReadOnlyDictionary<string, string> variables)
    {
        var reader = new SettingsReader(variables);
        var settings = reader.ReadAll();
        return reader._faults.Count == 0 ? (settings, []) : (null, reader._faults);
    }

    private GatewaySettings ReadAll()
    {
        var settings = new GatewaySettings
        {
            Backends = [ReadBackend()],
            ModelName = Optional("MODEL_NAME", SettingParsers.ModelName),
            ApiKeys = ClientKeys(),
            ModelAliases = Aliases(),
            UnknownModel = Choice("GATEWAY_UNKNOWN_MODEL", ["reject", "default"]) == "default" ? UnknownModel.Default : UnknownModel.Reject,
            AdminApiKey = Optional("ADMIN_API_KEY", SettingParsers.AdminKey),
            Host = Required("GATEWAY_HOST", SettingParsers.Host),
            Port = (int)Whole("GATEWAY_PORT", 0, 65535)!,
            CorsOrigins = List("GATEWAY_CORS_ORIGINS", SettingParsers.Origin),
            MediaUrls = Choice("GATEWAY_MEDIA_URLS", ["pass", "deny"]) == "deny" ? MediaUrls.Deny : MediaUrls.Pass,
            MaxBodyBytes = Whole("GATEWAY_MAX_BODY_MB", 1, 4096)!.Value * 1024L * 1024,
            LoadingWait = Duration("GATEWAY_LOADING_WAIT_SECONDS", zero: true),
            Drain = Duration("GATEWAY_DRAIN_SECONDS", zero: true),
        };
        CheckTogether(settings);
        return settings;
    }

    private BackendSettings ReadBackend()
    {
        var kind = Choice("BACKEND_KIND", [GatewaySettings.Auto, .. EngineCatalog.All.Select(profile => profile.Id)]);
        return new BackendSettings
        {
            Name = kind,
            Kind = kind,
            Replicas = [.. Urls(kind).Select(url => new ReplicaSettings(url))],
            ApiKey = Optional("BACKEND_API_KEY", SettingParsers.HeaderValue),
            Deadlines = ReadDeadlines(),
            Resilience = new ResilienceSettings
            {
                Retries = (int)Whole("GATEWAY_RETRIES", 0, 5)!,
                RetryBudget = (int)Whole("GATEWAY_RETRY_BUDGET_PERCENT", 0, 100)! / 100.0,
                BreakerFailures = (int)Whole("GATEWAY_BREAKER_FAILURES", 2, 1000)!,
                BreakerPause = Duration("GATEWAY_BREAKER_SECONDS", least: 0.5),
            },
            Admission = new AdmissionSettings
            {
                MaxConcurrency = Whole("GATEWAY_MAX_CONCURRENCY", 1, 100_000),
                MaxQueue = (int)Whole("GATEWAY_MAX_QUEUE", 0, 100_000)!,
                QueueTimeout = Duration("GATEWAY_QUEUE_TIMEOUT_SECONDS"),
            },
        };
    }

    // In a container the loopback address is the container itself: there an engine is found by its service's name.
    private List<Uri> Urls(string kind)
    {
        var urls = List("BACKEND_BASE_URL", SettingParsers.Url);
        return urls.Count == 0 && Get("DOTNET_RUNNING_IN_CONTAINER") == "true" && EngineCatalog.Find(kind) is { Demonstration: false } profile
            ? [new Uri(profile.Deployment.BaseUrl)]
            : urls;
    }

    private Deadlines ReadDeadlines() => new()
    {
        Connect = Duration("GATEWAY_CONNECT_TIMEOUT_SECONDS"),
        Headers = Duration("GATEWAY_HEADERS_TIMEOUT_SECONDS"),
        FirstToken = Duration("GATEWAY_FIRST_TOKEN_TIMEOUT_SECONDS"),
        Idle = Duration("GATEWAY_IDLE_TIMEOUT_SECONDS"),
        Total = Duration("GATEWAY_TOTAL_TIMEOUT_SECONDS"),
    };

    private void CheckTogether(GatewaySettings settings)
    {
        if (Items("API_KEYS").Length == 0 && settings.Host is { } host && !SettingParsers.IsLoopback(host))
        {
            _faults.Add($"API_KEYS is empty while GATEWAY_HOST={host} can be reached from other machines: set API_KEYS, or listen on 127.0.0.1.");
        }

        if (settings.Host is not null && OwnAddress.Fault(settings) is { } loop)
        {
            _faults.Add(loop);
        }

        var backend = settings.Backends[0];
        if (backend.Replicas.Count > 0 && (backend.Kind == GatewaySettings.Auto || EngineCatalog.Find(backend.Kind) is { Demonstration: true }))
        {
            _faults.Add($"BACKEND_BASE_URL is set while BACKEND_KIND={backend.Kind} looks for no URL: say which engine is at that URL, for instance BACKEND_KIND=openai.");
        }

        if (settings.UnknownModel == UnknownModel.Default && Get("MODEL_NAME").Length == 0)
        {
            _faults.Add("GATEWAY_UNKNOWN_MODEL=default needs MODEL_NAME: the model that serves unknown names.");
        }
    }

    private List<ClientKey> ClientKeys()
    {
        var keys = new List<ClientKey>();
        var items = Items("API_KEYS");
        for (var place = 1; place <= items.Length; place++)
        {
            var key = SettingParsers.NamedKey(items[place - 1], place);
            if (key is null || keys.Any(other => other.Name == key.Name || other.Hash.AsSpan().SequenceEqual(key.Hash)))
            {
                Fault("API_KEYS", items[place - 1], FormattableString.Invariant($" (number {place})"));
                continue;
            }

            keys.Add(key);
        }

        return keys;
    }

    private List<ModelAlias> Aliases()
    {
        var aliases = new List<ModelAlias>();
        foreach (var item in Items("MODEL_ALIASES"))
        {
            var alias = SettingParsers.Alias(item);
            if (alias is null || aliases.Any(other => other.Name == alias.Name))
            {
                Fault("MODEL_ALIASES", item);
                continue;
            }

            aliases.Add(alias);
        }

        return aliases;
    }

    private string Get(string name) => _variables.TryGetValue(name, out var value) ? value.Trim() : "";

    private static SettingSpec Spec(string name) => SettingCatalog.All.First(spec => spec.Name == name);

    private string OrDefault(string name) => Get(name) is { Length: > 0 } value ? value : Spec(name).Default;

    private string[] Items(string name) => OrDefault(name).Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    private void Fault(string name, string value, string place = "")
    {
        var spec = Spec(name);
        var shown = spec.Secret ? "***" : SettingParsers.WithoutSecrets(value);
        _faults.Add($"{name}={shown}{place} is not allowed: it takes {spec.Allowed}.");
    }

    private T Required<T>(string name, Func<string, T?> parse)
        where T : class => Optional(name, parse)!;

    private T? Optional<T>(string name, Func<string, T?> parse)
        where T : class
    {
        var value = OrDefault(name);
        if (value.Length == 0)
        {
            return null;
        }

        var parsed = parse(value);
        if (parsed is null)
        {
            Fault(name, value);
        }

        return parsed;
    }

    private List<T> List<T>(string name, Func<string, T?> parse)
        where T : class
    {
        var list = new List<T>();
        foreach (var item in Items(name))
        {
            if (parse(item) is { } parsed)
            {
                list.Add(parsed);
            }
            else
            {
                Fault(name, item);
            }
        }

        return list;
    }

    private string Choice(string name, IReadOnlyList<string> allowed)
    {
        var value = OrDefault(name);
        var choice = value.ToLowerInvariant();
        if (!allowed.Contains(choice))
        {
            _faults.Add($"{name}={value} is not allowed: it takes {string.Join(", ", allowed)}.");
        }

        return choice;
    }

    private int? Whole(string name, int least, int most)
    {
        var value = OrDefault(name);
        if (value.Length == 0)
        {
            return null;
        }

        if (int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most)
        {
            return number;
        }

        Fault(name, value);
        return least;
    }

    private TimeSpan Duration(string name, bool zero = false, double least = double.Epsilon)
    {
        var value = OrDefault(name);
        if (double.TryParse(value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds) && (seconds >= least || (zero && seconds == 0)) && seconds <= 86_400)
        {
            // Rounded first: a deadline of nothing is no deadline.
            var duration = TimeSpan.FromSeconds(seconds);
            if (zero || duration > TimeSpan.Zero)
            {
                return duration;
            }
        }

        Fault(name, value);
        return TimeSpan.Zero;
    }
}
