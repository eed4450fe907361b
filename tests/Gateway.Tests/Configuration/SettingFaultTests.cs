using Gateway.Core.Configuration;
using Xunit;

namespace Gateway.Tests.Configuration;

/// <summary>Bad values: one message for each, with the variable, its value and what is allowed.</summary>
public sealed class SettingFaultTests
{
    private const string Long = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    public static TheoryData<string, string> BadValues
    {
        get
        {
            var rows = new TheoryData<string, string>();
            foreach (var (name, values) in Bad)
            {
                foreach (var value in values)
                {
                    rows.Add(name, value);
                }
            }

            foreach (var spec in SettingCatalog.All.Where(spec => spec.Name.EndsWith("_SECONDS", StringComparison.Ordinal)))
            {
                foreach (var value in (string[])["-1", "+1", "1e3", "86400.1", "99999999999999999999", "NaN", "Infinity", "1,5", "0x10", "5s", "1 2"])
                {
                    rows.Add(spec.Name, value);
                }
            }

            return rows;
        }
    }

    private static Dictionary<string, string[]> Bad => new()
    {
        ["BACKEND_KIND"] = ["chatgpt", "ollama,tgi", "Ollama!"],
        ["BACKEND_BASE_URL"] = ["localhost:8001", "ftp://a/v1", "http://", "/v1", "http://a/v1?x=1", "http://a/v1#x", "http://a:99999", "file:///etc/passwd", "http://a b/"],
        ["BACKEND_API_KEY"] = ["with space", "tab\there", "ümlaut", Long + Long + Long + Long + Long + Long + Long + Long + "x"],
        ["MODEL_NAME"] = ["line\nbreak", "nul\0", Long + Long + Long + Long + Long + Long + Long + Long + "x"],
        ["API_KEYS"] = ["short", "1234567", "name:short", "bad name:12345678", "n/a:12345678", "with space8", "ümlaut-12345678", Long + "x:12345678"],
        ["MODEL_ALIASES"] = ["alone", "=model", "name=", "a*b=model", "*a=model", "**=model", " = ", "a=b\u0007", "a\u0007=b"],
        ["GATEWAY_UNKNOWN_MODEL"] = ["maybe", "404"],
        ["GATEWAY_CONFIG"] = ["/nowhere/gateway.yaml", "/", "gateway\0.yaml"],
        ["ADMIN_API_KEY"] = ["short", "with space8"],
        ["GATEWAY_HOST"] = ["example.org", "0.0.0.0:80", "256.0.0.1", "**", "http://127.0.0.1"],
        ["GATEWAY_PORT"] = ["-1", "65536", "http", "80.0", "+80", "8 0", "0x50"],
        ["GATEWAY_METRICS_PORT"] = ["-1", "65536", "none", "94.64", "+94"],
        ["GATEWAY_METRICS_HOST"] = ["http://10.0.0.1", "two words", "a_b c", "-"],
        ["GATEWAY_LOG_FORMAT"] = ["xml", "text"],
        ["GATEWAY_CORS_ORIGINS"] = ["example.org", "https://a.example/", "https://a.example/path", "https://a.example?x", "https://a.example#x", "https://u@a.example", "ftp://a.example", "null", "https://*.example", "file:///x", "file://x", "app://", "app:obsidian.md", "app://obsidian.md/", "1app://x", "app://*"],
        ["GATEWAY_MEDIA_URLS"] = ["maybe", "true"],
        ["GATEWAY_SERVER_TOOLS"] = ["on", "pass"],
        ["GATEWAY_CLAMP_MAX_TOKENS"] = ["maybe", "true"],
        ["GATEWAY_OBJECT_KEYS"] = ["a b", "é"],
        ["GATEWAY_MAX_BODY_MB"] = ["0", "4097", "-1", "1.5", "64MB"],
        ["GATEWAY_BODY_MEMORY_MB"] = ["0", "1048577", "-1", "1.5", "64MB"],
        ["GATEWAY_TRANSLATE"] = ["yes", "on"],
        ["GATEWAY_STREAM_PLAIN"] = ["yes", "true"],
        ["GATEWAY_RESUME"] = ["on", "true"],
        ["GATEWAY_MAX_CONCURRENCY"] = ["0", "100001", "-1", "many"],
        ["GATEWAY_MAX_QUEUE"] = ["100001", "-1", "1.5"],
        ["GATEWAY_CONNECT_TIMEOUT_SECONDS"] = ["0", "0.0", "0.00000000001"],
        ["GATEWAY_HEADERS_TIMEOUT_SECONDS"] = ["0"],
        ["GATEWAY_FIRST_TOKEN_TIMEOUT_SECONDS"] = ["0"],
        ["GATEWAY_IDLE_TIMEOUT_SECONDS"] = ["0"],
        ["GATEWAY_TOTAL_TIMEOUT_SECONDS"] = ["0"],
        ["GATEWAY_QUEUE_TIMEOUT_SECONDS"] = ["0"],
        ["GATEWAY_RETRIES"] = ["6", "-1", "2.0", "two"],
        ["GATEWAY_RETRY_BUDGET_PERCENT"] = ["101", "-1", "20%"],
        ["GATEWAY_BREAKER_FAILURES"] = ["1", "1001", "five"],
        ["GATEWAY_BREAKER_SECONDS"] = ["0", "0.4"],
        ["GATEWAY_WARMUP_SECONDS"] = ["slowly"],
        ["GATEWAY_PREFIX_AFFINITY"] = ["yes", "prefix"],
        ["GATEWAY_HOLD_COMMENT_SECONDS"] = ["0"],
        ["GATEWAY_LOADING_WAIT_SECONDS"] = ["soon"],
        ["GATEWAY_DRAIN_SECONDS"] = ["soon"],
        ["GATEWAY_MANAGEMENT"] = ["yes", "true"],
        ["DOCKER_HOST"] = ["/var/run/docker.sock", "unix://relative", "unix://", "tcp://", "tcp://host", "http://host:2375", "tcp://host:2375/path", "npipe:////./pipe/docker"],
        ["DOCKER_CERT_PATH"] = ["cert\0s"],
        ["GATEWAY_REGISTRY_AUTH_FILE"] = ["config\0.json"],
        ["GATEWAY_ACCELERATOR"] = ["gpu", "cuda"],
        ["GATEWAY_NODES"] = ["unix:///run/docker.sock", "a=", "=unix:///a", "A=unix:///a", "a b=unix:///a", "a=http://b:1", "a=unix:///a?accelerator=gpu", "a=unix:///a?accelerator=7"],
        ["GATEWAY_BACKEND_GALLERIES"] = ["ftp://a.example/x.yaml", "https://u:p@a.example/x.yaml", "[{", "[1]", "[{\"name\":\"a\"}]"],
        ["GATEWAY_EXTERNAL_BACKENDS"] = ["with space", "a=", "=model"],
        ["GATEWAY_DATA_DIR"] = ["da\0ta"],
        ["OTEL_EXPORTER_OTLP_ENDPOINT"] = ["collector:4318", "ftp://a", "http://a?x=1"],
        ["OTEL_EXPORTER_OTLP_PROTOCOL"] = ["http/json", "thrift"],
        ["OTEL_EXPORTER_OTLP_HEADERS"] = ["alone", "=value", "a=b,c", "a=ü"],
        ["OTEL_SERVICE_NAME"] = ["a\u0007b", Long + Long + "x"],
        ["OTEL_TRACES_SAMPLER"] = ["sometimes", "parentbased"],
        ["OTEL_TRACES_SAMPLER_ARG"] = ["-1", "1.1", "50%", "NaN", "-Infinity"],
    };

    private static Dictionary<string, string> Choices => new()
    {
        ["BACKEND_KIND"] = "it takes auto, ",
        ["GATEWAY_UNKNOWN_MODEL"] = "it takes reject, default.",
        ["GATEWAY_LOG_FORMAT"] = "it takes console, json.",
        ["GATEWAY_TRANSLATE"] = "it takes auto, always, never.",
        ["GATEWAY_STREAM_PLAIN"] = "it takes auto, on, off.",
        ["GATEWAY_RESUME"] = "it takes off, buffer, continue.",
        ["GATEWAY_MEDIA_URLS"] = "it takes pass, deny.",
        ["GATEWAY_SERVER_TOOLS"] = "it takes auto, strip, allow.",
        ["GATEWAY_CLAMP_MAX_TOKENS"] = "it takes on, off.",
        ["GATEWAY_MANAGEMENT"] = "it takes off, read, on.",
        ["GATEWAY_PREFIX_AFFINITY"] = "it takes off, on.",
        ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "it takes http/protobuf, grpc.",
        ["OTEL_TRACES_SAMPLER"] = "it takes always_on, ",
        ["GATEWAY_ACCELERATOR"] = "it takes auto, nvidia, amd, intel, cpu.",
    };

    [Theory]
    [MemberData(nameof(BadValues))]
    public void Read_BadValue_IsOneFaultThatNamesVariableValueAndWhatIsAllowed(string name, string value)
    {
        var (settings, faults) = SettingRows.Read((name, value), (name == "BACKEND_BASE_URL" ? "BACKEND_KIND" : "X", "openai"), (name == "GATEWAY_MANAGEMENT" ? "Y" : "GATEWAY_MANAGEMENT", "on"));

        Assert.Null(settings);
        var fault = Assert.Single(faults);
        var spec = SettingRows.Spec(name);
        var shown = value.Trim().Replace("?x=1", "?***", StringComparison.Ordinal).Replace("?x", "?***", StringComparison.Ordinal).Replace("?accelerator=gpu", "?***", StringComparison.Ordinal).Replace("?accelerator=7", "?***", StringComparison.Ordinal).Replace("u@", "***@", StringComparison.Ordinal).Replace("u:p@", "***@", StringComparison.Ordinal);
        Assert.StartsWith(spec.Secret ? $"{name}=***" : $"{name}={shown} is not allowed: it takes ", fault, StringComparison.Ordinal);
        Assert.Contains(Choices.GetValueOrDefault(name, spec.Allowed), fault, StringComparison.Ordinal);
    }

    [Fact]
    public void BadValues_EverySetting_HasSome() =>
        Assert.Equal(SettingCatalog.All.Select(spec => spec.Name).Order(), Bad.Keys.Order());

    [Fact]
    public void Read_ManyBadValues_AreAllReportedAtOnce()
    {
        var (settings, faults) = SettingRows.Read([.. Bad.Select(row => (row.Key, row.Value[0]))]);

        Assert.Null(settings);
        Assert.Equal(Bad.Keys.Order(), faults.Select(fault => fault.Split('=')[0]).Order());
    }

    [Theory]
    [InlineData("BACKEND_API_KEY", "secret value")]
    [InlineData("API_KEYS", "good-key-1,secret value")]
    [InlineData("API_KEYS", "name:secret value")]
    [InlineData("ADMIN_API_KEY", "secret value")]
    [InlineData("ADMIN_API_KEY", "*secret value")]
    [InlineData("BACKEND_BASE_URL", "http://secret:value@engine:8001/v1")]
    [InlineData("BACKEND_BASE_URL", "https://engine/v1?key=secret-value")]
    public void Read_BadSecret_IsNotShown(string name, string value)
    {
        var (_, faults) = SettingRows.Read((name, value), ("BACKEND_KIND", "openai"));

        Assert.DoesNotContain("secret", Assert.Single(faults), StringComparison.Ordinal);
        Assert.DoesNotContain("value", faults[0].Split(" is not allowed")[0], StringComparison.Ordinal);
    }

    [Fact]
    public void Read_SeveralBadInAList_EachHasItsFault()
    {
        var (_, faults) = SettingRows.Read(("MODEL_ALIASES", "a=b,bad1,c=d,bad2"));

        Assert.Equal(["MODEL_ALIASES=bad1 ", "MODEL_ALIASES=bad2 "], faults.Select(fault => fault[..fault.IndexOf("is not", StringComparison.Ordinal)]));
    }

    /// <summary>It is a variable of other tools as well.</summary>
    [Fact]
    public void Read_OddDockerHostWithoutManagement_IsNobodysBusiness() =>
        Assert.NotNull(SettingRows.Read(("DOCKER_HOST", "ssh://somewhere")).Settings);

    [Fact]
    public void Read_ManagementWithoutAdminKey_IsWarnedOf() =>
        Assert.Contains(SettingRows.Read(("GATEWAY_MANAGEMENT", "on")).Settings!.Warnings, warning => warning.Contains("ADMIN_API_KEY", StringComparison.Ordinal));

    [Theory]
    [InlineData("MODEL_ALIASES", "a=b,a=c")]
    [InlineData("API_KEYS", "12345678,12345678")]
    [InlineData("API_KEYS", "one:12345678,two:12345678")]
    [InlineData("API_KEYS", "one:12345678,one:87654321")]
    public void Read_GivenTwice_IsAFault(string name, string value)
    {
        var (settings, faults) = SettingRows.Read((name, value));

        Assert.Null(settings);
        Assert.StartsWith(name + "=", Assert.Single(faults), StringComparison.Ordinal);
    }
}
