using System.Net.Http.Json;
using System.Text.Json;
using Xunit;

namespace Gateway.ComposeTests;

/// <summary>Prometheus and Grafana beside the gateway: they find it, and each other, inside compose.</summary>
public sealed class ObservabilityTests
{
    private const string Requests = "sum(gateway_requests_total{endpoint=\"/v1/chat/completions\"})";

    [DockerFact]
    public async Task Up_WithObservability_PrometheusCountsTheTrafficAndHistoryOutlivesDown()
    {
        DockerSetup.MakeWatchers();
        await using var place = new Workplace { ["BACKEND_KIND"] = "demo", ["BACKEND_BASE_URL"] = "" };
        (await place.MakeAsync("env-external")).Succeeded();

        var up = (await place.MakeAsync("up", "BACKEND=none", "OBSERVABILITY=1")).Succeeded();

        await using var running = Running.Of(place);
        Assert.Contains($"Grafana: http://127.0.0.1:{place.GrafanaPort}  Prometheus: http://127.0.0.1:{place.PrometheusPort}", up.Output, StringComparison.Ordinal);
        await running.WaitForHealthAsync("prometheus");
        await running.WaitForHealthAsync("grafana");
        for (var i = 0; i < 3; i++)
        {
            Assert.True(await running.AskAsync("demo") > 0);
        }

        using var prometheus = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{place.PrometheusPort}/") };
        using var grafana = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{place.GrafanaPort}/") };
        await Running.UntilAsync(async () => await ValueAsync(prometheus, "", Requests) == "3", "Prometheus to have counted three requests");
        await AssertRulesAsync(prometheus);
        Assert.Equal("3", await ValueAsync(grafana, "api/datasources/proxy/uid/prometheus/", Requests));
        var boards = await grafana.GetFromJsonAsync<JsonElement>("api/search");
        Assert.Contains("gateway", boards.EnumerateArray().Select(board => board.GetProperty("uid").GetString()));

        (await place.MakeAsync("down")).Succeeded();
        Assert.Equal([$"{place.Project}_grafana", $"{place.Project}_prometheus"], await place.VolumesAsync());
    }

    private static async Task AssertRulesAsync(HttpClient prometheus)
    {
        var groups = (await prometheus.GetFromJsonAsync<JsonElement>("api/v1/rules")).GetProperty("data").GetProperty("groups").EnumerateArray().ToList();
        var files = Directory.GetFiles(Path.Combine(Clone.Root, "deploy", "prometheus", "rules")).Select(Path.GetFileName).Order(StringComparer.Ordinal);
        Assert.Equal(files, groups.Select(group => Path.GetFileName(group.GetProperty("file").GetString())).Distinct().Order(StringComparer.Ordinal));
        Assert.All(groups.SelectMany(group => group.GetProperty("rules").EnumerateArray()), rule => Assert.NotEqual("err", rule.GetProperty("health").GetString()));
    }

    /// <summary>The one value that a query comes to; empty where there is none yet.</summary>
    private static async Task<string> ValueAsync(HttpClient client, string prefix, string query)
    {
        var answer = await client.GetFromJsonAsync<JsonElement>($"{prefix}api/v1/query?query={Uri.EscapeDataString(query)}");
        var results = answer.GetProperty("data").GetProperty("result");
        return results.GetArrayLength() == 1 ? results[0].GetProperty("value")[1].GetString()! : "";
    }
}
