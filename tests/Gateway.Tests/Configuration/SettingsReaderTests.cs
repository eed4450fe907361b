using Gateway.Core.Configuration;
using Xunit;

namespace Gateway.Tests.Configuration;

/// <summary>Good values, and what each becomes.</summary>
public sealed class SettingsReaderTests
{
    /// <summary>Variable, value, and what the settings then say, as text.</summary>
    public static TheoryData<string, string, string> Values => new()
    {
        { "BACKEND_KIND", "ollama", "ollama" },
        { "BACKEND_KIND", " LlamaCpp ", "llamacpp" },
        { "BACKEND_KIND", "", "auto" },
        { "BACKEND_API_KEY", "k", "k" },
        { "BACKEND_API_KEY", "~!key,with:all=signs", "~!key,with:all=signs" },
        { "MODEL_NAME", "meta-llama/Llama-3.1-8B-Instruct", "meta-llama/Llama-3.1-8B-Instruct" },
        { "MODEL_NAME", "  spaced name  ", "spaced name" },
        { "MODEL_NAME", "", "" },
        { "GATEWAY_UNKNOWN_MODEL", "REJECT", "Reject" },
        { "GATEWAY_HOST", "::1", "::1" },
        { "GATEWAY_HOST", "localhost", "localhost" },
        { "GATEWAY_PORT", "0", "0" },
        { "GATEWAY_PORT", "65535", "65535" },
        { "GATEWAY_CORS_ORIGINS", "https://chat.example.org, http://localhost:3000 ,*", "https://chat.example.org|http://localhost:3000|*" },
        { "GATEWAY_CORS_ORIGINS", "app://obsidian.md,tauri://localhost,chrome-extension://abcdefghijklmnop", "app://obsidian.md|tauri://localhost|chrome-extension://abcdefghijklmnop" },
        { "GATEWAY_CORS_ORIGINS", "moz-extension://0a1b-2c,capacitor://localhost,ionic://localhost,vscode-webview://abc", "moz-extension://0a1b-2c|capacitor://localhost|ionic://localhost|vscode-webview://abc" },
        { "GATEWAY_METRICS_HOST", "10.0.0.1", "10.0.0.1" },
        { "GATEWAY_METRICS_HOST", "gateway-metrics", "gateway-metrics" },
        { "GATEWAY_METRICS_PORT", "9464", "9464" },
        { "GATEWAY_METRICS_PORT", "0", "0" },
        { "GATEWAY_LOG_FORMAT", "JSON", "Json" },
        { "GATEWAY_MEDIA_URLS", "Deny", "Deny" },
        { "GATEWAY_SERVER_TOOLS", "Strip", "Strip" },
        { "GATEWAY_CLAMP_MAX_TOKENS", "OFF", "False" },
        { "GATEWAY_OBJECT_KEYS", " a, b ", "a,b" },
        { "GATEWAY_MAX_BODY_MB", "1", "1048576" },
        { "GATEWAY_MAX_BODY_MB", "4096", "4294967296" },
        { "GATEWAY_BODY_MEMORY_MB", "64", "67108864" },
        { "GATEWAY_CONNECT_TIMEOUT_SECONDS", "0.25", "00:00:00.2500000" },
        { "GATEWAY_HEADERS_TIMEOUT_SECONDS", "86400", "1.00:00:00" },
        { "GATEWAY_FIRST_TOKEN_TIMEOUT_SECONDS", "7", "00:00:07" },
        { "GATEWAY_IDLE_TIMEOUT_SECONDS", "8", "00:00:08" },
        { "GATEWAY_TOTAL_TIMEOUT_SECONDS", "9", "00:00:09" },
        { "GATEWAY_TRANSLATE", "Never", "Never" },
        { "GATEWAY_STREAM_PLAIN", "ON", "On" },
        { "GATEWAY_RESUME", "Buffer", "Buffer" },
        { "GATEWAY_RESUME", "continue", "Continue" },
        { "GATEWAY_MAX_CONCURRENCY", "100000", "100000" },
        { "GATEWAY_MAX_CONCURRENCY", "", "" },
        { "GATEWAY_MAX_QUEUE", "5", "5" },
        { "GATEWAY_QUEUE_TIMEOUT_SECONDS", "1.5", "00:00:01.5000000" },
        { "GATEWAY_RETRIES", "0", "0" },
        { "GATEWAY_RETRIES", "5", "5" },
        { "GATEWAY_RETRY_BUDGET_PERCENT", "0", "0" },
        { "GATEWAY_RETRY_BUDGET_PERCENT", "100", "100" },
        { "GATEWAY_BREAKER_FAILURES", "2", "2" },
        { "GATEWAY_BREAKER_SECONDS", "0.5", "00:00:00.5000000" },
        { "GATEWAY_WARMUP_SECONDS", "0", "00:00:00" },
        { "GATEWAY_PREFIX_AFFINITY", "ON", "on" },
        { "GATEWAY_HOLD_COMMENT_SECONDS", "2.5", "00:00:02.5000000" },
        { "GATEWAY_LOADING_WAIT_SECONDS", "0", "00:00:00" },
        { "GATEWAY_LOADING_WAIT_SECONDS", "90", "00:01:30" },
        { "GATEWAY_DRAIN_SECONDS", "0", "00:00:00" },
        { "GATEWAY_MANAGEMENT", "READ", "Read" },
        { "DOCKER_HOST", "tcp://docker.example:2376", "local=tcp://docker.example:2376" },
        { "DOCKER_CERT_PATH", "/certs", "/certs" },
        { "GATEWAY_REGISTRY_AUTH_FILE", "/root/.docker/config.json", "/root/.docker/config.json" },
        { "GATEWAY_ACCELERATOR", "AMD", "amd" },
        { "GATEWAY_NODES", "a=unix:///run/a.sock, b=tcp://b:2376?accelerator=nvidia", "a=unix:///run/a.sock|b=tcp://b:2376/nvidia" },
        { "GATEWAY_BACKEND_GALLERIES", "own=https://a.example/x.yaml, lists/more.yaml", "own=https://a.example/x.yaml|more.yaml=lists/more.yaml" },
        { "GATEWAY_BACKEND_GALLERIES", """[{"url":"https://a.example/x.yaml","name":"own"}]""", "own=https://a.example/x.yaml" },
        { "GATEWAY_EXTERNAL_BACKENDS", "one, localhost:5000/two:v1=org/model", "one|localhost:5000/two:v1=org/model" },
        { "GATEWAY_DATA_DIR", "/var/lib/gateway", "/var/lib/gateway" },
    };

    [Theory]
    [MemberData(nameof(Values))]
    public void Read_GoodValue_IsTaken(string name, string value, string expected)
    {
        var settings = SettingRows.Good((name, value), (name == "GATEWAY_MANAGEMENT" ? "X" : "GATEWAY_MANAGEMENT", "on"));

        Assert.Equal(expected, Shown(settings, name));
    }

    /// <summary>A setting that nobody reads, or a default that differs from the one in the table, shows here.</summary>
    [Fact]
    public void Read_NothingSet_GivesTheDefaultsOfTheTable()
    {
        var settings = SettingRows.Good();

        Assert.All(SettingCatalog.All, spec => Assert.Equal(Normal(spec), Shown(settings, spec.Name)));
    }

    [Fact]
    public void Read_BaseUrls_AreReplicasInTheirOrder()
    {
        var settings = SettingRows.Good(("BACKEND_KIND", "openai"), ("BACKEND_BASE_URL", "http://a:8001/v1 ,, https://b.example/x/v3/,"));

        Assert.Equal(["http://a:8001/v1", "https://b.example/x/v3/"], settings.Backends.Single().Replicas.Select(replica => replica.Url.ToString()));
    }

    [Fact]
    public void Read_Aliases_KeepNamesAndPatterns()
    {
        var settings = SettingRows.Good(("MODEL_ALIASES", "gpt-4o-mini=llama3.1:8b, claude-* = org/model=x ,*=last"));

        Assert.Equal(
            [("gpt-4o-mini", "llama3.1:8b", false), ("claude-*", "org/model=x", true), ("*", "last", true)],
            settings.ModelAliases.Select(alias => (alias.Name, alias.Model, alias.IsPattern)));
    }

    [Fact]
    public void Read_UnknownModelDefaultWithName_IsTaken() =>
        Assert.Equal(UnknownModel.Default, SettingRows.Good(("GATEWAY_UNKNOWN_MODEL", "default"), ("MODEL_NAME", "m")).UnknownModel);

    [Fact]
    public void Read_OtherVariables_AreNobodysBusiness() => Assert.NotNull(SettingRows.Good(("PATH", "/bin"), ("GATEWAY_PROT", "x")));

    private static string Normal(SettingSpec spec)
    {
        if (spec.Name.EndsWith("_SECONDS", StringComparison.Ordinal))
        {
            return TimeSpan.FromSeconds(int.Parse(spec.Default, System.Globalization.CultureInfo.InvariantCulture)).ToString();
        }

        return spec.Name switch
        {
            "GATEWAY_UNKNOWN_MODEL" => "Reject",
            "GATEWAY_LOG_FORMAT" => "Console",
            "GATEWAY_MEDIA_URLS" => "Pass",
            "GATEWAY_SERVER_TOOLS" => "Auto",
            "GATEWAY_CLAMP_MAX_TOKENS" => "True",
            "GATEWAY_OBJECT_KEYS" => "",
            "GATEWAY_MAX_BODY_MB" => "67108864",
            "GATEWAY_STREAM_PLAIN" or "GATEWAY_TRANSLATE" => "Auto",
            "GATEWAY_RESUME" => "Off",
            "GATEWAY_MANAGEMENT" => "Off",
            "OTEL_EXPORTER_OTLP_PROTOCOL" => "HttpProtobuf",
            "OTEL_TRACES_SAMPLER_ARG" => "1",
            // Read only where engines are managed.
            "DOCKER_HOST" => "",
            _ => spec.Default,
        };
    }

    private static string Shown(GatewaySettings settings, string name)
    {
        var backend = settings.Backends.Single();
        var deadlines = backend.Deadlines;
        object? value = name switch
        {
            "BACKEND_KIND" => backend.Kind,
            "BACKEND_BASE_URL" => string.Join('|', backend.Replicas.Select(replica => replica.Url)),
            "BACKEND_API_KEY" => backend.ApiKey,
            "MODEL_NAME" => settings.ModelName,
            "API_KEYS" => string.Join('|', settings.ApiKeys.Select(key => key.Name)),
            "MODEL_ALIASES" => string.Join('|', settings.ModelAliases.Select(alias => alias.Name)),
            "GATEWAY_UNKNOWN_MODEL" => settings.UnknownModel,
            "GATEWAY_CONFIG" => settings.File,
            "ADMIN_API_KEY" => settings.AdminApiKey?.Name,
            "GATEWAY_HOST" => settings.Host,
            "GATEWAY_PORT" => settings.Port,
            "GATEWAY_CORS_ORIGINS" => string.Join('|', settings.CorsOrigins),
            "GATEWAY_METRICS_PORT" => settings.MetricsPort,
            "GATEWAY_METRICS_HOST" => settings.MetricsHost,
            "GATEWAY_LOG_FORMAT" => settings.LogFormat,
            "GATEWAY_MEDIA_URLS" => settings.MediaUrls,
            "GATEWAY_SERVER_TOOLS" => backend.ServerTools,
            "GATEWAY_CLAMP_MAX_TOKENS" => backend.ClampTokens,
            "GATEWAY_OBJECT_KEYS" => string.Join(',', settings.ObjectKeys),
            "GATEWAY_BODY_MEMORY_MB" => settings.BodyMemoryBytes,
            "GATEWAY_MAX_BODY_MB" => settings.MaxBodyBytes,
            "GATEWAY_CONNECT_TIMEOUT_SECONDS" => deadlines.Connect,
            "GATEWAY_HEADERS_TIMEOUT_SECONDS" => deadlines.Headers,
            "GATEWAY_FIRST_TOKEN_TIMEOUT_SECONDS" => deadlines.FirstToken,
            "GATEWAY_IDLE_TIMEOUT_SECONDS" => deadlines.Idle,
            "GATEWAY_TOTAL_TIMEOUT_SECONDS" => deadlines.Total,
            "GATEWAY_RESUME" => backend.Resume,
            "GATEWAY_TRANSLATE" => backend.Translate,
            "GATEWAY_STREAM_PLAIN" => backend.StreamPlain,
            "GATEWAY_MAX_CONCURRENCY" => backend.Admission.MaxConcurrency,
            "GATEWAY_MAX_QUEUE" => backend.Admission.MaxQueue,
            "GATEWAY_QUEUE_TIMEOUT_SECONDS" => backend.Admission.QueueTimeout,
            "GATEWAY_RETRIES" => backend.Resilience.Retries,
            "GATEWAY_RETRY_BUDGET_PERCENT" => backend.Resilience.RetryBudget * 100,
            "GATEWAY_BREAKER_FAILURES" => backend.Resilience.BreakerFailures,
            "GATEWAY_BREAKER_SECONDS" => backend.Resilience.BreakerPause,
            "GATEWAY_WARMUP_SECONDS" => backend.WarmUp,
            "GATEWAY_PREFIX_AFFINITY" => backend.PrefixAffinity ? "on" : "off",
            "GATEWAY_HOLD_COMMENT_SECONDS" => settings.HoldInterval,
            "GATEWAY_LOADING_WAIT_SECONDS" => settings.LoadingWait,
            "GATEWAY_DRAIN_SECONDS" => settings.Drain,
            "GATEWAY_MANAGEMENT" => settings.Management.Mode,
            "DOCKER_HOST" or "GATEWAY_NODES" => string.Join('|', settings.Management.Nodes.Where(node => name == "DOCKER_HOST" || node.Name != "local").Select(node => $"{node.Name}={node.DockerHost}{(node.Accelerator is { } own ? "/" + own.ToString().ToLowerInvariant() : "")}")),
            "DOCKER_CERT_PATH" => settings.Management.DockerCertPath,
            "GATEWAY_REGISTRY_AUTH_FILE" => settings.Management.RegistryAuthFile,
            "GATEWAY_ACCELERATOR" => settings.Management.Nodes is [{ Accelerator: { } accelerator }] ? accelerator.ToString().ToLowerInvariant() : "auto",
            "GATEWAY_BACKEND_GALLERIES" => string.Join('|', settings.Management.Galleries.Select(gallery => $"{gallery.Name}={gallery.Url}")),
            "GATEWAY_EXTERNAL_BACKENDS" => string.Join('|', settings.Management.ExternalBackends.Select(backend => backend.Model is null ? backend.Id : $"{backend.Id}={backend.Model}")),
            "GATEWAY_DATA_DIR" => settings.Management.DataDirectory,
            "OTEL_EXPORTER_OTLP_ENDPOINT" => settings.Tracing.Endpoint,
            "OTEL_EXPORTER_OTLP_PROTOCOL" => settings.Tracing.Protocol,
            "OTEL_EXPORTER_OTLP_HEADERS" => settings.Tracing.Headers,
            "OTEL_SERVICE_NAME" => settings.Tracing.ServiceName,
            "OTEL_TRACES_SAMPLER" => settings.Tracing.Sampler,
            "OTEL_TRACES_SAMPLER_ARG" => settings.Tracing.Ratio,
            _ => throw new ArgumentOutOfRangeException(nameof(name), name, "This test does not know where the setting goes."),
        };
        return value?.ToString() ?? "";
    }
}
