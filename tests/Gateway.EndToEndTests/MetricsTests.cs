using System.Globalization;
using System.Net;
using Gateway.Engines.Endpoints;
using Gateway.Fakes;
using Xunit;

namespace Gateway.EndToEndTests;

/// <summary><c>/metrics</c>, read back after traffic whose numbers are known.</summary>
public sealed class MetricsTests
{
    private static readonly string[] Families =
    [
        "dotnet_gc_allocated_bytes_total counter",
        "dotnet_gc_collections_total counter",
        "dotnet_gc_heap_size_bytes gauge",
        "dotnet_gc_pause_seconds_total counter",
        "dotnet_monitor_lock_contentions_total counter",
        "dotnet_thread_pool_queue_length gauge",
        "dotnet_thread_pool_threads gauge",
        "gateway_backend_covered gauge",
        "gateway_backend_state gauge",
        "gateway_breaker_state gauge",
        "gateway_build_info gauge",
        "gateway_config_last_reload_success gauge",
        "gateway_config_last_reload_success_timestamp_seconds gauge",
        "gateway_config_reloads_total counter",
        "gateway_config_replaced_in_use gauge",
        "gateway_defects_total counter",
        "gateway_draining gauge",
        "gateway_engine_kv_cache_usage_ratio gauge",
        "gateway_engine_prefix_cache_hit_ratio gauge",
        "gateway_engine_requests_running gauge",
        "gateway_engine_requests_waiting gauge",
        "gateway_errors_total counter",
        "gateway_fallbacks_total counter",
        "gateway_key_monthly_tokens_limit gauge",
        "gateway_key_monthly_tokens_used gauge",
        "gateway_log_lines_dropped_total counter",
        "gateway_overhead_seconds histogram",
        "gateway_queue_depth gauge",
        "gateway_queue_limit gauge",
        "gateway_queue_seconds histogram",
        "gateway_rejections_total counter",
        "gateway_replica_ready gauge",
        "gateway_replica_requests_in_flight gauge",
        "gateway_requests_in_flight gauge",
        "gateway_requests_total counter",
        "gateway_retries_total counter",
        "gateway_retry_budget_ratio gauge",
        "gateway_tokens_total counter",
        "gateway_usage_total counter",
        "gen_ai_client_token_usage histogram",
        "gen_ai_server_request_duration_seconds histogram",
        "gen_ai_server_time_per_output_token_seconds histogram",
        "gen_ai_server_time_to_first_token_seconds histogram",
        "process_cpu_seconds_total counter",
        "process_open_fds gauge",
        "process_resident_memory_bytes gauge",
        "process_start_time_seconds gauge",
    ];

    [Fact]
    public async Task Metrics_AfterTraffic_CountItExactly()
    {
        await using var environment = await TestEnvironment.StartAsync("vllm");
        var model = (await environment.Gateway.ModelsAsync())[0];
        for (var i = 0; i < 3; i++)
        {
            await SendAsync(environment, model, stream: i > 0);
        }

        var metrics = await WaitForAsync(environment.Gateway, $"gateway_requests_total{{endpoint=\"/v1/chat/completions\",backend=\"vllm\",model=\"{model}\",status=\"200\"}}", 3);

        var labels = $"{{endpoint=\"/v1/chat/completions\",backend=\"vllm\",model=\"{model}\"";
        Assert.Equal(3, metrics[$"gen_ai_server_request_duration_seconds_count{labels},outcome=\"ok\"}}"]);
        Assert.Equal(3, metrics[$"gen_ai_server_request_duration_seconds_bucket{labels},outcome=\"ok\",le=\"+Inf\"}}"]);
        Assert.Equal(2, metrics[$"gen_ai_server_time_to_first_token_seconds_count{labels}}}"]);
        Assert.Equal(3, metrics["gateway_overhead_seconds_count{backend=\"vllm\"}"]);
        Assert.Equal(3, metrics[$"gateway_usage_total{{backend=\"vllm\",model=\"{model}\",usage=\"reported\"}}"]);
        Assert.Equal(1, metrics["gateway_backend_state{backend=\"vllm\",state=\"ready\"}"]);
        Assert.Equal(0, metrics["gateway_backend_state{backend=\"vllm\",state=\"loading\"}"]);
        Assert.True(metrics[$"gateway_tokens_total{{key=\"tests\",backend=\"vllm\",model=\"{model}\",type=\"output\"}}"] > 0);
        Assert.DoesNotContain(metrics.Keys, name => name.Contains(RunningGateway.ClientKey, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Metrics_ModelNobodyLists_IsOther()
    {
        await using var environment = await TestEnvironment.StartAsync("vllm");
        for (var i = 0; i < 3; i++)
        {
            using var request = SampleRequest.To(EndpointId.ChatCompletions, $"invented-{i}");
            using var answer = await environment.Client.SendAsync(request);
            Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        }

        var metrics = await WaitForAsync(environment.Gateway, "gateway_requests_total{endpoint=\"/v1/chat/completions\",backend=\"\",model=\"other\",status=\"404\"}", 3);

        Assert.Equal(3, metrics["gateway_rejections_total{backend=\"\",reason=\"model_not_found\"}"]);
        Assert.DoesNotContain(metrics.Keys, name => name.Contains("invented", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Metrics_StreamThatBreaks_CountsAsInterrupted()
    {
        await using var environment = await TestEnvironment.StartAsync("vllm");
        var model = (await environment.Gateway.ModelsAsync())[0];
        var gate = new TaskCompletionSource();
        environment.Engine.Script.Next(Replies.Gated(gate.Task, Replies.CutAfterFrames(2, reset: false)));
        using var request = SampleRequest.To(EndpointId.ChatCompletions, model, stream: true);
        using var answer = await environment.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        gate.SetResult();
        Assert.Contains("stream_interrupted", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);

        await WaitForAsync(environment.Gateway, "gateway_errors_total{backend=\"vllm\",source=\"gateway\",cause=\"stream_interrupted\"}", 1);
    }

    [Fact]
    public async Task Metrics_EnginesOwnLoad_IsInOneVocabulary()
    {
        await using var environment = await TestEnvironment.StartAsync("vllm");

        await Wait.UntilAsync(async () => (await ScrapeAsync(environment.Gateway.Anonymous)).ContainsKey("gateway_engine_requests_running{backend=\"vllm\",replica=\"vllm\"}"), "the engine's load");
        var ready = await environment.Gateway.Anonymous.GetStringAsync("/ready");

        Assert.Contains("\"load\":{\"requests_running\":", ready, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Metrics_OwnPort_ServesNothingElseAndNobodyElseServesThem()
    {
        await using var environment = await TestEnvironment.StartAsync("vllm", ("GATEWAY_METRICS_PORT", "0"));
        using var client = new HttpClient { BaseAddress = environment.Gateway.MetricsUrl };

        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/metrics")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync("/v1/models")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await environment.Client.GetAsync("/metrics")).StatusCode);
    }

    [Theory]
    [InlineData(null, HttpStatusCode.Unauthorized)]
    [InlineData("somebody-elses-key", HttpStatusCode.Unauthorized)]
    [InlineData(RunningGateway.ClientKey, HttpStatusCode.OK)]
    [InlineData("admin-key-77aa", HttpStatusCode.OK)]
    public async Task Metrics_ReachableFromOutside_TakeAKey(string? key, HttpStatusCode expected)
    {
        await using var environment = await TestEnvironment.StartAsync("vllm", ("GATEWAY_HOST", "0.0.0.0"), ("ADMIN_API_KEY", "admin-key-77aa"));
        using var client = environment.Gateway.NewClient(key);

        Assert.Equal(expected, (await client.GetAsync("/metrics")).StatusCode);
    }

    [Fact]
    public async Task Metrics_Families_AreTheseAndNoneOfThePackagesOwn()
    {
        await using var environment = await TestEnvironment.StartAsync("vllm");

        var text = await environment.Gateway.Anonymous.GetStringAsync("/metrics");

        var families = text.Split('\n').Where(line => line.StartsWith("# TYPE ", StringComparison.Ordinal)).Select(line => line["# TYPE ".Length..]);
        Assert.Equal(Families, families.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Metrics_TwoGatewaysInOneProcess_CountApart()
    {
        await using var one = await TestEnvironment.StartAsync("vllm");
        await using var other = await TestEnvironment.StartAsync("vllm");
        var model = (await one.Gateway.ModelsAsync())[0];
        await SendAsync(one, model, stream: false);

        await WaitForAsync(one.Gateway, $"gateway_usage_total{{backend=\"vllm\",model=\"{model}\",usage=\"reported\"}}", 1);
        var metrics = await ScrapeAsync(other.Gateway.Anonymous);

        Assert.DoesNotContain(metrics.Keys, name => name.Contains("/v1/chat/completions", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Metrics_OpenMetricsAskedFor_EndWithEof()
    {
        await using var environment = await TestEnvironment.StartAsync("vllm");
        using var request = new HttpRequestMessage(HttpMethod.Get, "/metrics");
        request.Headers.Accept.ParseAdd("application/openmetrics-text; version=1.0.0");

        using var answer = await environment.Gateway.Anonymous.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();

        Assert.Equal("application/openmetrics-text", answer.Content.Headers.ContentType!.MediaType);
        Assert.EndsWith("\n# EOF\n", text, StringComparison.Ordinal);
        Assert.Contains("# TYPE gateway_config_reloads counter\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Answer_OfAnEngine_SaysWhereTheTimeWent()
    {
        await using var environment = await TestEnvironment.StartAsync("vllm");
        using var request = SampleRequest.To(EndpointId.ChatCompletions, (await environment.Gateway.ModelsAsync())[0]);

        using var answer = await environment.Client.SendAsync(request);

        Assert.Matches(@"^gateway;dur=[\d.]+, queue;dur=[\d.]+, engine;dur=[\d.]+$", Assert.Single(answer.Headers.GetValues("Server-Timing")));
    }

    internal static async Task<Dictionary<string, double>> ScrapeAsync(HttpClient client)
    {
        var text = await client.GetStringAsync("/metrics");
        return text.Split('\n').Where(line => line.Length > 0 && line[0] != '#')
            .ToDictionary(line => line[..line.LastIndexOf(' ')], line => double.Parse(line[(line.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture));
    }

    private static async Task SendAsync(TestEnvironment environment, string model, bool stream)
    {
        using var request = SampleRequest.To(EndpointId.ChatCompletions, model, stream);
        using var answer = await environment.Client.SendAsync(request);
        await answer.Content.ReadAsByteArrayAsync();
    }

    // A request is recorded when its answer has been sent, so the number may come a little later.
    private static async Task<Dictionary<string, double>> WaitForAsync(RunningGateway gateway, string name, double value)
    {
        Dictionary<string, double> metrics = [];
        await Wait.UntilAsync(async () => (metrics = await ScrapeAsync(gateway.Anonymous)).GetValueOrDefault(name) == value, $"{name} {value} among {string.Join('\n', metrics.Where(pair => pair.Key.StartsWith(name[..name.IndexOf('{', StringComparison.Ordinal)], StringComparison.Ordinal)))}");
        return metrics;
    }
}
