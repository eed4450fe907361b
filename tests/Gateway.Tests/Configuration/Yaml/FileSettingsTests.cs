using System.Security.Cryptography;
using Gateway.Core.Configuration;
using Xunit;

namespace Gateway.Tests.Configuration.Yaml;

/// <summary>What a right file comes to.</summary>
public sealed class FileSettingsTests
{
    private const string Whole = """
        # A comment.
        backends:
          - name: big
            kind: vllm
            urls:
              - http://gpu-a:8001/v1
              - {url: "http://gpu-b:8001/v1", weight: 3}
            api_key: ${BIG_KEY}
            models: {gpt-4o-mini: meta-llama/Llama-3.1-8B-Instruct, "llama-*": meta-llama/Llama-3.1-8B-Instruct}
            context_window: 131072
            prefix_affinity: true
            max_concurrency: 64
            max_queue: 8
            queue_timeout: 1.5
            deadlines: {connect: 1, headers: 2, first_token: 3.5, idle: 4, total: 5}
            retries: 1
            retry_budget_percent: 12.5
            breaker: {failures: 9, ratio: 0.25, window: 60, pause: 7}
          - {name: small, kind: ollama, url: "http://small:11434"}
        fallbacks:
          gpt-4o-mini: [big, small/llama3.2:3b, small/a/b/c]
          "*": [small]
        aliases:
          fast: faster
          faster: llama3.2:3b
          claude-*: claude-real
        keys:
          - {name: team-a, sha256: AF4bB1a4C0fFeE00112233445566778899aabbccddeeff00112233445566CAFE, models: ["gpt-*", llama3.2:3b], requests_per_minute: 600, tokens_per_minute: 200000, max_concurrency: 32, monthly_tokens: 50000000000}
          - {name: team-b, key: "12345678"}
        """;

    private const DeadlineNames AllDeadlines = DeadlineNames.Connect | DeadlineNames.Headers | DeadlineNames.FirstToken | DeadlineNames.Idle | DeadlineNames.Total;

    private static readonly GatewaySettings Read = YamlFiles.Good(Whole, ("BIG_KEY", "sk-big"));

    [Fact]
    public void Backends_EveryKey_IsRead()
    {
        var big = Read.Backends[0];

        Assert.Equal(("big", "vllm", "sk-big"), (big.Name, big.Kind, big.ApiKey));
        Assert.Equal([new ReplicaSettings(new Uri("http://gpu-a:8001/v1")), new ReplicaSettings(new Uri("http://gpu-b:8001/v1"), 3)], big.Replicas);
        Assert.Equal([new ModelAlias("gpt-4o-mini", "meta-llama/Llama-3.1-8B-Instruct"), new ModelAlias("llama-*", "meta-llama/Llama-3.1-8B-Instruct")], big.Models);
        Assert.Equal((131072, true), (big.ContextWindow, big.PrefixAffinity));
        Assert.Equal(new AdmissionSettings { MaxConcurrency = 64, MaxQueue = 8, QueueTimeout = TimeSpan.FromSeconds(1.5) }, big.Admission);
        Assert.Equal(
            new Deadlines { Connect = TimeSpan.FromSeconds(1), Headers = TimeSpan.FromSeconds(2), FirstToken = TimeSpan.FromSeconds(3.5), Idle = TimeSpan.FromSeconds(4), Total = TimeSpan.FromSeconds(5), InFile = AllDeadlines },
            big.Deadlines);
        Assert.Equal(
            new ResilienceSettings { Retries = 1, RetryBudget = 0.125, BreakerFailures = 9, BreakerRatio = 0.25, BreakerWindow = TimeSpan.FromSeconds(60), BreakerPause = TimeSpan.FromSeconds(7) },
            big.Resilience);
    }

    [Fact]
    public void Backends_Several_KeepTheirOrder() => Assert.Equal(["big", "small"], Read.Backends.Select(backend => backend.Name));

    [Fact]
    public void Backends_NothingButNameAndKind_IsAsTheEnvironmentSays()
    {
        var backend = YamlFiles.BackendWith(
            "# nothing", ("GATEWAY_MAX_CONCURRENCY", "7"), ("GATEWAY_MAX_QUEUE", "3"), ("GATEWAY_QUEUE_TIMEOUT_SECONDS", "2"), ("GATEWAY_IDLE_TIMEOUT_SECONDS", "9"),
            ("GATEWAY_RETRIES", "4"), ("GATEWAY_RETRY_BUDGET_PERCENT", "30"), ("GATEWAY_BREAKER_SECONDS", "8"));

        Assert.Equal(new AdmissionSettings { MaxConcurrency = 7, MaxQueue = 3, QueueTimeout = TimeSpan.FromSeconds(2) }, backend.Admission);
        Assert.Equal(new Deadlines { Idle = TimeSpan.FromSeconds(9) }, backend.Deadlines);
        Assert.Equal(new ResilienceSettings { Retries = 4, RetryBudget = 0.3, BreakerPause = TimeSpan.FromSeconds(8) }, backend.Resilience);
        Assert.Equal("https://api.openai.com/v1", Assert.Single(backend.Replicas).Url.ToString());
        Assert.Empty(backend.Models);
        Assert.Null(backend.ApiKey);
    }

    [Fact]
    public void Backends_PartOfASection_LeavesTheRestAsInTheEnvironment()
    {
        var backend = YamlFiles.BackendWith("deadlines: {idle: 1}\nbreaker: {ratio: 1}\nretries: 0", ("GATEWAY_TOTAL_TIMEOUT_SECONDS", "77"), ("GATEWAY_BREAKER_FAILURES", "6"));

        Assert.Equal(new Deadlines { Idle = TimeSpan.FromSeconds(1), Total = TimeSpan.FromSeconds(77), InFile = DeadlineNames.Idle }, backend.Deadlines);
        Assert.Equal(new ResilienceSettings { Retries = 0, BreakerFailures = 6, BreakerRatio = 1 }, backend.Resilience);
    }

    [Theory]
    [InlineData("true", "http://ollama:11434/v1")]
    [InlineData("", "http://127.0.0.1:11434/v1")]
    public void Backends_NoUrl_IsTheKindsUsualOne(string container, string expected)
    {
        var settings = YamlFiles.Good("backends: [{name: a, kind: ollama}]", ("DOTNET_RUNNING_IN_CONTAINER", container));

        Assert.Equal(expected, Assert.Single(settings.Backends[0].Replicas).Url.ToString());
    }

    [Fact]
    public void Fallbacks_BackendAndModel_SplitAtTheFirstSlash()
    {
        Assert.Equal([new FallbackTarget("big"), new FallbackTarget("small", "llama3.2:3b"), new FallbackTarget("small", "a/b/c")], Read.Fallbacks["gpt-4o-mini"]);
        Assert.Equal([new FallbackTarget("small")], Read.Fallbacks["*"]);
    }

    [Fact]
    public void Fallbacks_WithoutBackends_MayNameTheEnvironmentsOne() =>
        Assert.Equal([new FallbackTarget("ollama", "b")], YamlFiles.Good("fallbacks: {a: [ollama/b]}", ("BACKEND_KIND", "ollama")).Fallbacks["a"]);

    [Fact]
    public void Aliases_OfAnAlias_StandForTheModelBehindIt() =>
        Assert.Equal(
            [new ModelAlias("env", "x"), new ModelAlias("fast", "llama3.2:3b"), new ModelAlias("faster", "llama3.2:3b"), new ModelAlias("claude-*", "claude-real")],
            YamlFiles.Good(Whole, ("BIG_KEY", "k"), ("MODEL_ALIASES", "env=x")).ModelAliases);

    [Fact]
    public void Keys_EveryKey_IsRead()
    {
        var team = Read.ApiKeys[0];

        Assert.Equal("team-a", team.Name);
        Assert.Equal("AF4BB1A4C0FFEE00112233445566778899AABBCCDDEEFF00112233445566CAFE", Convert.ToHexString(team.Hash));
        Assert.Equal(["gpt-*", "llama3.2:3b"], team.Models);
        Assert.Equal(new KeyLimits { RequestsPerMinute = 600, TokensPerMinute = 200_000, MaxConcurrency = 32, MonthlyTokens = 50_000_000_000 }, team.Limits);
    }

    [Fact]
    public void Keys_KeyItself_IsKeptAsHashWithoutLimits()
    {
        var team = Read.ApiKeys[1];

        Assert.Equal(Convert.ToHexString(SHA256.HashData("12345678"u8)), Convert.ToHexString(team.Hash));
        Assert.Equal(new KeyLimits(), team.Limits);
        Assert.True(team.MayUse("anything"));
    }

    [Fact]
    public void Keys_BesideThoseOfTheEnvironment_AreAdded() =>
        Assert.Equal(["env", "team-a", "team-b"], YamlFiles.Good(Whole, ("BIG_KEY", "k"), ("API_KEYS", "env:87654321")).ApiKeys.Select(key => key.Name));

    [Theory]
    [InlineData("aliases: {a: b}")]
    [InlineData("aliases:\n  a: b\n")]
    [InlineData("\ufeffaliases: {a: b}\r\n")]
    [InlineData("---\naliases: {a: b}\n...\n")]
    [InlineData("{\"aliases\": {\"a\": \"b\"}}")]
    [InlineData("x-own: [1, {two: 3}]\naliases: {a: b}")]
    public void File_InAnyForm_IsRead(string text)
    {
        var settings = YamlFiles.Good(text);

        Assert.Equal([new ModelAlias("a", "b")], settings.ModelAliases);
        Assert.Equal(GatewaySettings.Auto, Assert.Single(settings.Backends).Kind);
    }

    [Fact]
    public void File_AnchorsAndMergedMaps_AreFollowed()
    {
        const string Text = """
            x-common: &common
              kind: openai
              max_concurrency: 5
              deadlines: &short {idle: 1}
            backends:
              - {<<: *common, name: a, url: "http://a"}
              - {<<: [*common], name: b, url: "http://b", max_concurrency: 6, deadlines: {<<: *short, total: 9}}
            """;

        var (a, b) = YamlFiles.Good(Text).Backends is [var first, var second] ? (first, second) : default;

        Assert.Equal((5, TimeSpan.FromSeconds(1)), (a.Admission.MaxConcurrency, a.Deadlines.Idle));
        Assert.Equal((6, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(9)), (b.Admission.MaxConcurrency, b.Deadlines.Idle, b.Deadlines.Total));
    }
}
