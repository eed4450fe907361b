using Gateway.Core.Configuration;
using Xunit;

namespace Gateway.Tests.Configuration;

/// <summary>A reload leaves no changed setting unsaid: it is in force, and its change is named, or it waits for a restart, and is named as that.</summary>
public sealed class RestartTests : IDisposable
{
    private readonly string _file = Path.GetTempFileName();

    /// <summary>Another value for each setting of the table, and what the change is called where it is in force.</summary>
    private static readonly Dictionary<string, (string Value, string Change)> Changed = new()
    {
        ["BACKEND_KIND"] = ("openai", "backend openai added"),
        ["BACKEND_BASE_URL"] = ("http://other:1/v1", "backend vllm changed, 1 → 1 replicas"),
        ["BACKEND_API_KEY"] = ("engine-key", "backend vllm changed"),
        ["MODEL_NAME"] = ("m", "MODEL_NAME"),
        ["API_KEYS"] = ("x:client-key-two", "key x changed"),
        ["MODEL_ALIASES"] = ("a=b", "aliases"),
        ["GATEWAY_UNKNOWN_MODEL"] = ("default", "GATEWAY_UNKNOWN_MODEL"),
        ["GATEWAY_CONFIG"] = ("", "GATEWAY_CONFIG"),
        ["ADMIN_API_KEY"] = ("operator-key-two", "ADMIN_API_KEY"),
        ["GATEWAY_MEDIA_URLS"] = ("deny", "GATEWAY_MEDIA_URLS"),
        ["GATEWAY_SERVER_TOOLS"] = ("strip", "backend vllm changed"),
        ["GATEWAY_OBJECT_KEYS"] = ("*", "GATEWAY_OBJECT_KEYS"),
        ["GATEWAY_CLAMP_MAX_TOKENS"] = ("off", "backend vllm changed"),
        ["GATEWAY_MAX_BODY_MB"] = ("1", "GATEWAY_MAX_BODY_MB"),
        ["GATEWAY_CONNECT_TIMEOUT_SECONDS"] = ("1", "backend vllm changed"),
        ["GATEWAY_HEADERS_TIMEOUT_SECONDS"] = ("1", "backend vllm changed"),
        ["GATEWAY_FIRST_TOKEN_TIMEOUT_SECONDS"] = ("1", "backend vllm changed"),
        ["GATEWAY_IDLE_TIMEOUT_SECONDS"] = ("1", "backend vllm changed"),
        ["GATEWAY_TOTAL_TIMEOUT_SECONDS"] = ("1", "backend vllm changed"),
        ["GATEWAY_RETRIES"] = ("0", "backend vllm changed"),
        ["GATEWAY_RETRY_BUDGET_PERCENT"] = ("1", "backend vllm changed"),
        ["GATEWAY_BREAKER_FAILURES"] = ("9", "backend vllm changed"),
        ["GATEWAY_BREAKER_SECONDS"] = ("9", "backend vllm changed"),
        ["GATEWAY_TRANSLATE"] = ("always", "backend vllm changed"),
        ["GATEWAY_STREAM_PLAIN"] = ("on", "backend vllm changed"),
        ["GATEWAY_WARMUP_SECONDS"] = ("0", "backend vllm changed"),
        ["GATEWAY_PREFIX_AFFINITY"] = ("on", "backend vllm changed"),
        ["GATEWAY_RESUME"] = ("buffer", "backend vllm changed"),
        ["GATEWAY_MAX_CONCURRENCY"] = ("3", "backend vllm changed"),
        ["GATEWAY_MAX_QUEUE"] = ("3", "backend vllm changed"),
        ["GATEWAY_QUEUE_TIMEOUT_SECONDS"] = ("3", "backend vllm changed"),
        ["GATEWAY_LOADING_WAIT_SECONDS"] = ("3", "GATEWAY_LOADING_WAIT_SECONDS"),
        ["GATEWAY_HOLD_COMMENT_SECONDS"] = ("3", "GATEWAY_HOLD_COMMENT_SECONDS"),
        ["GATEWAY_HOST"] = ("0.0.0.0", ""),
        ["GATEWAY_PORT"] = ("9", ""),
        ["GATEWAY_METRICS_PORT"] = ("9", ""),
        ["GATEWAY_METRICS_HOST"] = ("10.0.0.1", ""),
        ["GATEWAY_LOG_FORMAT"] = ("json", ""),
        ["GATEWAY_CORS_ORIGINS"] = ("*", ""),
        ["GATEWAY_BODY_MEMORY_MB"] = ("200", ""),
        ["GATEWAY_MANAGEMENT"] = ("on", ""),
        ["DOCKER_HOST"] = ("tcp://a:1", ""),
        ["DOCKER_CERT_PATH"] = ("/c", ""),
        ["GATEWAY_ACCELERATOR"] = ("cpu", ""),
        ["GATEWAY_NODES"] = ("a=tcp://a:1", ""),
        ["GATEWAY_BACKEND_GALLERIES"] = ("/g.yaml", ""),
        ["GATEWAY_REGISTRY_AUTH_FILE"] = ("/r.json", ""),
        ["GATEWAY_EXTERNAL_BACKENDS"] = ("vllm", ""),
        ["GATEWAY_DATA_DIR"] = ("/d", ""),
        ["GATEWAY_DRAIN_SECONDS"] = ("1", ""),
        ["OTEL_EXPORTER_OTLP_ENDPOINT"] = ("http://a:1", ""),
        ["OTEL_EXPORTER_OTLP_PROTOCOL"] = ("grpc", ""),
        ["OTEL_EXPORTER_OTLP_HEADERS"] = ("a=b", ""),
        ["OTEL_SERVICE_NAME"] = ("a", ""),
        ["OTEL_TRACES_SAMPLER"] = ("always_off", ""),
        ["OTEL_TRACES_SAMPLER_ARG"] = ("0.5", ""),
    };

    public static TheoryData<string> All => [.. SettingCatalog.All.Select(spec => spec.Name)];

    public void Dispose() => File.Delete(_file);

    [Theory]
    [MemberData(nameof(All))]
    public void Change_OfASetting_IsInForceOrNamedAsWaiting(string name)
    {
        var (value, change) = Changed[name];
        var before = new Dictionary<string, string>
        {
            ["BACKEND_KIND"] = "vllm",
            ["BACKEND_BASE_URL"] = "http://one:1/v1",
            ["API_KEYS"] = "x:client-key-one",
            ["ADMIN_API_KEY"] = "operator-key-one",
        };
        if (name == "GATEWAY_UNKNOWN_MODEL")
        {
            before["MODEL_NAME"] = "m";
        }

        File.WriteAllText(_file, "aliases: {short: long}\n");
        var after = new Dictionary<string, string>(before) { [name] = name == "GATEWAY_CONFIG" ? _file : value };

        var changes = SettingsChanges.Between(Read(before), Read(after), SettingsChanges.Waiting(before, after));

        // One or the other, and never both: what is in force does not wait.
        var waits = $"{name} (from the next start)";
        if (SettingRows.Spec(name).Restart == Restart.Always)
        {
            Assert.Equal([waits], changes);
        }
        else
        {
            Assert.DoesNotContain(waits, changes);
            Assert.Contains(change, changes);
        }
    }

    [Fact]
    public void Waiting_IsMeasuredByTheStart_NotByTheReloadBefore()
    {
        var start = new Dictionary<string, string> { ["GATEWAY_PORT"] = "8000" };

        Assert.Equal(["GATEWAY_PORT"], SettingsChanges.Waiting(start, new Dictionary<string, string> { ["GATEWAY_PORT"] = "9000", ["API_KEYS"] = "a-client-key" }));
        Assert.Empty(SettingsChanges.Waiting(start, start));

        // Written out or not, the default is the default.
        Assert.Empty(SettingsChanges.Waiting(start, new Dictionary<string, string>()));
        Assert.Empty(SettingsChanges.Waiting(start, new Dictionary<string, string> { ["GATEWAY_PORT"] = " 8000 " }));
    }

    [Theory]
    [InlineData("", "operator-key-one", "ADMIN_API_KEY (from the next start)")]
    [InlineData("operator-key-one", "", "ADMIN_API_KEY")]
    [InlineData("operator-key-one", "operator-key-two", "ADMIN_API_KEY")]
    [InlineData("operator-key-one", "operator-key-one", null)]
    public void OperatorsKey_TheFirstWaits_AnotherAndNoneAreInForce(string before, string after, string? change)
    {
        Dictionary<string, string> start = new() { ["ADMIN_API_KEY"] = before }, now = new() { ["ADMIN_API_KEY"] = after };

        Assert.Equal(change is null ? [] : [change], SettingsChanges.Between(Read(start), Read(now), SettingsChanges.Waiting(start, now)));
    }

    private static GatewaySettings Read(Dictionary<string, string> variables)
    {
        var (settings, faults) = SettingsReader.Read(variables);
        return settings ?? throw new InvalidOperationException(string.Join('\n', faults));
    }
}
