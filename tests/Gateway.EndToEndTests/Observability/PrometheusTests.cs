using System.Text.Json;
using System.Text.RegularExpressions;
using Gateway.Engines.Endpoints;
using Gateway.Fakes;
using Xunit;

namespace Gateway.EndToEndTests.Observability;

/// <summary>The metrics, the rules and the dashboard, judged by a real Prometheus.</summary>
public sealed partial class PrometheusTests
{
    private static readonly string Deploy = Path.Combine(Prometheus.Repository, "deploy");

    [PrometheusFact]
    public async Task ShippedFiles_Promtool_FindsNoFault()
    {
        await AssertAsync("check", "config", Path.Combine(Deploy, "prometheus/prometheus.yml"));
        await AssertAsync("check", "rules", Path.Combine(Deploy, "prometheus/rules/alerts.yml"), Path.Combine(Deploy, "prometheus/rules/recording.yml"));
        await AssertAsync("test", "rules", Path.Combine(Deploy, "prometheus/tests/alerts.yml"));
    }

    [PrometheusFact]
    public async Task EveryAlert_HasATestEitherWayAndASectionInTheRunbook()
    {
        var tests = await File.ReadAllTextAsync(Path.Combine(Deploy, "prometheus/tests/alerts.yml"));
        var runbook = await File.ReadAllTextAsync(Path.Combine(Prometheus.Repository, "docs/runbook.md"));
        var alerts = AlertName().Matches(await File.ReadAllTextAsync(Path.Combine(Deploy, "prometheus/rules/alerts.yml"))).Select(match => match.Groups[1].Value).ToArray();

        Assert.NotEmpty(alerts);
        Assert.All(alerts, alert =>
        {
            Assert.Contains($"name: {alert} fires\n", tests, StringComparison.Ordinal);
            Assert.Contains($"name: {alert} stays silent\n", tests, StringComparison.Ordinal);
            Assert.Contains($"\n## {alert}\n", runbook, StringComparison.Ordinal);
        });
    }

    [PrometheusFact]
    public async Task EveryQuery_OfDashboardAndRules_AgreesWithTheTraffic()
    {
        using var folder = new TemporaryFolder();
        var file = folder.Write("gateway.yaml", "keys: [{name: team, key: team-key-2e8b, monthly_tokens: 1000}]");
        await using var environment = await TestEnvironment.StartAsync("vllm", ("GATEWAY_RETRIES", "1"), ("GATEWAY_MAX_CONCURRENCY", "8"), ("GATEWAY_CONFIG", file));
        using var prometheus = await Prometheus.StartAsync(environment.Gateway.Url);

        // A rate needs two scrapes, the first of which knows the series already.
        await SendAsync(environment);
        await prometheus.WaitForAsync("sum(gateway_requests_total{endpoint=\"/v1/chat/completions\"})", 6);
        await SendAsync(environment);
        await prometheus.WaitForAsync("sum(gateway_requests_total{endpoint=\"/v1/chat/completions\"})", 12);

        await prometheus.WaitForAsync("sum(gateway_requests_total{endpoint=\"/v1/chat/completions\",status=\"200\"})", 10);
        await prometheus.WaitForAsync("sum(gateway_rejections_total{reason=\"model_not_found\"})", 2);
        await prometheus.WaitForAsync("sum(gateway_retries_total{reason=\"overloaded\"})", 2);
        await prometheus.WaitForAsync("sum(gen_ai_server_time_to_first_token_seconds_count)", 6);
        await prometheus.WaitForAsync("sum(gen_ai_server_request_duration_seconds_bucket{outcome=\"ok\",le=\"0.25\"}) <= bool 8", 1);
        Assert.InRange((await prometheus.QueryAsync("histogram_quantile(0.99, sum by (le) (gen_ai_server_request_duration_seconds_bucket))"))[0], 0.25, 600);
        foreach (var expression in DashboardQueries().Concat(RuleMetrics()))
        {
            await Wait.UntilAsync(async () => (await prometheus.QueryAsync(expression)).Any(double.IsFinite), $"data for {expression}");
        }

        await AssertAsync(await environment.Gateway.Anonymous.GetStringAsync("/metrics"), ["check", "metrics"]);
    }

    // Two whole answers, one of them slow; three streams, one at the second attempt; one model that nobody has.
    private static async Task SendAsync(TestEnvironment environment)
    {
        var model = (await environment.Gateway.ModelsAsync())[0];
        environment.Engine.Script.Next(Replies.Slow(TimeSpan.FromMilliseconds(300)));
        environment.Engine.Script.Next(Replies.Default);
        environment.Engine.Script.Next(Replies.Status(503));
        (string Model, bool Stream)[] requests = [(model, false), (model, false), (model, true), (model, true), (model, true), ("invented", false)];
        foreach (var (name, stream) in requests)
        {
            using var request = SampleRequest.To(EndpointId.ChatCompletions, name, stream);
            using var answer = await environment.Client.SendAsync(request);
            await answer.Content.ReadAsByteArrayAsync();
        }
    }

    private static IEnumerable<string> DashboardQueries()
    {
        var dashboard = JsonSerializer.Deserialize<JsonElement>(File.ReadAllText(Path.Combine(Deploy, "grafana/dashboards/gateway.json")));
        return dashboard.GetProperty("panels").EnumerateArray()
            .Where(panel => panel.TryGetProperty("targets", out _))
            .SelectMany(panel => panel.GetProperty("targets").EnumerateArray())
            .Select(target => Variable().Replace(target.GetProperty("expr").GetString()!.Replace("$__rate_interval", "1m", StringComparison.Ordinal), ".*"));
    }

    // What an alert compares is silent while all is well; but what it reads must be there.
    private static IEnumerable<string> RuleMetrics() =>
        Directory.GetFiles(Path.Combine(Deploy, "prometheus/rules"), "*.yml")
            .SelectMany(file => Metric().Matches(File.ReadAllText(file)).Select(match => match.Value))
            .Distinct()
            .Select(name => $"count({name})");

    private static Task AssertAsync(params string[] arguments) => AssertAsync("", arguments);

    private static async Task AssertAsync(string input, string[] arguments)
    {
        var (exitCode, output) = await Prometheus.CheckAsync(input, arguments);
        Assert.True(exitCode == 0, output);
    }

    [GeneratedRegex(@"- alert: (\w+)")]
    private static partial Regex AlertName();

    [GeneratedRegex(@"\$(backend|model)\b")]
    private static partial Regex Variable();

    [GeneratedRegex(@"\b(gateway(:\w+|_\w+)+|gen_ai_\w+)(?=[\[{ \n])")]
    private static partial Regex Metric();
}
