using System.Text;
using Gateway.Core.Configuration;
using Xunit;

namespace Gateway.Tests.Configuration.Yaml;

/// <summary>The tables of the file: every key is read, and says what it means.</summary>
public sealed class FileTableTests
{
    /// <summary>For each key of the tables a line that must make a difference.</summary>
    private static readonly Dictionary<string, string> Lines = new()
    {
        ["gateway.yaml.backends"] = "backends: [{name: b, kind: openai}]",
        ["gateway.yaml.fallbacks"] = "fallbacks: {m: [auto]}",
        ["gateway.yaml.aliases"] = "aliases: {a: b}",
        ["gateway.yaml.keys"] = "keys: [{name: a, key: 12345678}]",
        ["gateway.yaml.on_demand"] = "on_demand: {engines: [{name: a, models: [m]}]}",
        ["on_demand.engines"] = "on_demand: {engines: [{name: a, models: [m]}]}",
        ["on_demand.engines[].name"] = "on_demand: {engines: [{name: b, models: [m]}]}",
        ["on_demand.engines[].models"] = "on_demand: {engines: [{name: a, models: [n]}]}",
        ["on_demand.engines[].install"] = "on_demand: {engines: [{name: a, models: [m], install: vllm}]}",
        ["on_demand.engines[].policy"] = "on_demand: {engines: [{name: a, models: [m], policy: exclusive}]}",
        ["on_demand.slots"] = "on_demand: {slots: 7, engines: [{name: a, models: [m]}]}",
        ["on_demand.idle_after"] = "on_demand: {idle_after: 7, engines: [{name: a, models: [m]}]}",
        ["on_demand.max_wait"] = "on_demand: {max_wait: 7, engines: [{name: a, models: [m]}]}",
        ["backends[].name"] = "name: other",
        ["backends[].kind"] = "kind: ollama",
        ["backends[].url"] = "url: http://other",
        ["backends[].urls"] = "urls: [http://other]",
        ["backends[].api_key"] = "api_key: k",
        ["backends[].models"] = "models: {a: b}",
        ["backends[].context_window"] = "context_window: 5",
        ["backends[].prefix_affinity"] = "prefix_affinity: true",
        ["backends[].resume"] = "resume: buffer",
        ["backends[].translate"] = "translate: never",
        ["backends[].stream_plain"] = "stream_plain: off",
        ["backends[].server_tools"] = "server_tools: allow",
        ["backends[].clamp_max_tokens"] = "clamp_max_tokens: false",
        ["backends[].warm_up"] = "warm_up: 5",
        ["backends[].max_concurrency"] = "max_concurrency: 5",
        ["backends[].max_queue"] = "max_concurrency: 7\nmax_queue: 5",
        ["backends[].queue_timeout"] = "queue_timeout: 5",
        ["backends[].deadlines"] = "deadlines: {idle: 5}",
        ["backends[].retries"] = "retries: 5",
        ["backends[].retry_budget_percent"] = "retry_budget_percent: 5",
        ["backends[].breaker"] = "breaker: {failures: 50}",
        ["backends[].urls[].url"] = "urls: [{url: \"http://other\"}]",
        ["backends[].urls[].weight"] = "urls: [{url: \"https://api.openai.com/v1\", weight: 5}]",
        ["backends[].deadlines.connect"] = "deadlines: {connect: 7}",
        ["backends[].deadlines.headers"] = "deadlines: {headers: 7}",
        ["backends[].deadlines.first_token"] = "deadlines: {first_token: 7}",
        ["backends[].deadlines.idle"] = "deadlines: {idle: 7}",
        ["backends[].deadlines.total"] = "deadlines: {total: 7}",
        ["backends[].breaker.failures"] = "breaker: {failures: 7}",
        ["backends[].breaker.ratio"] = "breaker: {ratio: 0.7}",
        ["backends[].breaker.window"] = "breaker: {window: 7}",
        ["backends[].breaker.pause"] = "breaker: {pause: 7}",
        ["keys[].name"] = "name: other\nkey: 12345678",
        ["keys[].sha256"] = "name: a\nsha256: 0000000000000000000000000000000000000000000000000000000000000000",
        ["keys[].key"] = "name: a\nkey: 87654321",
        ["keys[].models"] = "name: a\nkey: 12345678\nmodels: [m]",
        ["keys[].requests_per_minute"] = "name: a\nkey: 12345678\nrequests_per_minute: 5",
        ["keys[].tokens_per_minute"] = "name: a\nkey: 12345678\ntokens_per_minute: 5",
        ["keys[].max_concurrency"] = "name: a\nkey: 12345678\nmax_concurrency: 5",
        ["keys[].monthly_tokens"] = "name: a\nkey: 12345678\nmonthly_tokens: 5",
    };

    public static TheoryData<string> Keys => [.. FileSection.Shape.Tables.SelectMany(table => table.Keys, (table, key) => $"{table.Title}.{key.Name}")];

    [Theory]
    [MemberData(nameof(Keys))]
    public void Key_Given_MakesADifference(string key)
    {
        Assert.True(Lines.TryGetValue(key, out var line), $"{key} has no line in this test.");

        Assert.NotEqual(Shown(YamlFiles.Good(FileWith(key, "name: a\nkey: 12345678"))), Shown(YamlFiles.Good(FileWith(key, line))));
    }

    [Fact]
    public void Tables_EveryKey_SaysWhatItMeansAndTakes() => Assert.All(FileSection.Shape.Tables.SelectMany(table => table.Keys), key =>
    {
        Assert.NotEmpty(key.Meaning);
        Assert.NotEmpty(key.Shape.Takes);
        Assert.Matches("^[a-z][a-z0-9_]*$", key.Name);
        Assert.DoesNotMatch(@"\.$", key.Meaning);
    });

    private static string FileWith(string key, string lines)
    {
        if (key.StartsWith("keys[]", StringComparison.Ordinal))
        {
            return $"keys:\n  - {lines.ReplaceLineEndings("\n    ")}\n";
        }

        if (key.StartsWith("on_demand.", StringComparison.Ordinal) && key != "on_demand.engines")
        {
            return lines.StartsWith("name", StringComparison.Ordinal) ? "on_demand: {engines: [{name: a, models: [m]}]}" : lines;
        }

        if (!key.StartsWith("backends[]", StringComparison.Ordinal))
        {
            return lines.StartsWith("name", StringComparison.Ordinal) ? "x-nothing: 1" : lines;
        }

        var own = lines.StartsWith("name: a", StringComparison.Ordinal) ? "" : lines;
        var rest = new[] { "name: big", "kind: openai" }.Where(line => !own.StartsWith(line.Split(':')[0] + ":", StringComparison.Ordinal));
        return $"backends:\n  - {string.Join("\n    ", rest.Concat(own.Split('\n')).Where(line => line.Length > 0))}\n";
    }

    private static string Shown(GatewaySettings settings)
    {
        var text = new StringBuilder();
        foreach (var backend in settings.Backends)
        {
            text.Append(backend).AppendJoin(',', backend.Replicas).AppendJoin(',', backend.Models);
        }

        text.Append(settings.OnDemand).AppendJoin(',', settings.OnDemand.Engines.Select(engine => $"{engine.Name}:{string.Join(',', engine.Models)}:{engine.Install}:{engine.Policy}"));
        foreach (var (name, targets) in settings.Fallbacks)
        {
            text.Append(name).AppendJoin(',', targets);
        }

        foreach (var key in settings.ApiKeys)
        {
            text.Append(key).Append(Convert.ToHexString(key.Hash)).AppendJoin(',', key.Models);
        }

        return text.AppendJoin(',', settings.ModelAliases).ToString();
    }
}
