using Gateway.Fakes;
using Xunit;

namespace Gateway.EndToEndTests.Observability;

/// <summary>Traces as a collector gets them: which spans there are, what hangs on what, and what the engine is told.</summary>
public sealed class TracingTests
{
    private const int Server = 2;
    private const int Client = 3;
    private const int Failed = 2;

    [Theory]
    [InlineData("http/protobuf")]
    [InlineData("grpc")]
    public async Task Stream_InACallersTrace_IsTracedFromRequestToFirstToken(string protocol)
    {
        using var collector = OtlpCollector.Start(grpc: protocol == "grpc");
        await using var environment = await StartAsync(collector, ("OTEL_EXPORTER_OTLP_PROTOCOL", protocol), ("OTEL_EXPORTER_OTLP_HEADERS", "x-collector=collector-key-81f3"), ("OTEL_SERVICE_NAME", "front"));
        var (trace, parent) = (NewId(16), NewId(8));

        await SendAsync(environment, $"00-{trace}-{parent}-01", stream: true);
        var spans = await collector.WaitAsync(trace, 2);

        var request = Assert.Single(spans, span => span.Kind == Server);
        Assert.Equal(("front", parent, $"chat {environment.Engine.Model}"), (request.Service, request.ParentId, request.Name));
        Assert.Equal(("chat", environment.Engine.Model, "200", "/v1/chat/completions"), (request.Attributes["gen_ai.operation.name"], request.Attributes["gen_ai.request.model"], request.Attributes["http.response.status_code"], request.Attributes["http.route"]));
        Assert.All(["gen_ai.usage.input_tokens", "gen_ai.usage.output_tokens"], name => Assert.InRange(long.Parse(request.Attributes[name], System.Globalization.CultureInfo.InvariantCulture), 1, 1000));
        var attempt = Assert.Single(spans, span => span.Kind == Client);
        Assert.Equal((request.Id, "attempt", "gen_ai.first_token"), (attempt.ParentId, attempt.Name, Assert.Single(attempt.Events)));
        Assert.True(request.Start <= attempt.Start && attempt.Start < attempt.End && attempt.End <= request.End);
        Assert.Equal($"00-{trace}-{attempt.Id}-01", TraceParent(environment));
        Assert.All(collector.Keys, key => Assert.Equal("collector-key-81f3", key));
    }

    [Fact]
    public async Task Retry_AfterAFailure_IsAnAttemptOfItsOwn()
    {
        using var collector = OtlpCollector.Start(grpc: false);
        await using var environment = await StartAsync(collector, ("GATEWAY_RETRIES", "1"));
        environment.Engine.Script.Next(Replies.Status(503));
        var trace = NewId(16);

        await SendAsync(environment, $"00-{trace}-{NewId(8)}-01");
        var spans = await collector.WaitAsync(trace, 3);

        var attempts = spans.Where(span => span.Kind == Client).OrderBy(span => span.Attributes["gateway.attempt"]).ToArray();
        Assert.Equal(["1", "2"], attempts.Select(span => span.Attributes["gateway.attempt"]));
        Assert.Equal([Failed, 0], attempts.Select(span => span.Status));
        Assert.Equal(["503", "200"], attempts.Select(span => span.Attributes["http.response.status_code"]));
        Assert.Equal((0, "2"), (Assert.Single(spans, span => span.Kind == Server).Status, Assert.Single(spans, span => span.Kind == Server).Attributes["gateway.attempts"]));
    }

    [Fact]
    public async Task Request_InAQueue_HasASpanOfItsWait()
    {
        using var collector = OtlpCollector.Start(grpc: false);
        await using var environment = await StartAsync(collector, ("GATEWAY_MAX_CONCURRENCY", "1"), ("GATEWAY_MAX_QUEUE", "1"));
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        environment.Engine.Script.Next(Replies.After(gate.Task));
        var trace = NewId(16);

        var first = SendAsync(environment, $"00-{NewId(16)}-{NewId(8)}-00");
        await environment.WorkAsync();
        var second = SendAsync(environment, $"00-{trace}-{NewId(8)}-01");
        await Wait.UntilAsync(async () => (await MetricsTests.ScrapeAsync(environment.Gateway.Anonymous))["gateway_queue_depth{backend=\"vllm\"}"] == 1, "the second to wait");
        gate.SetResult();
        await Task.WhenAll(first, second);

        var spans = await collector.WaitAsync(trace, 3);
        var queue = Assert.Single(spans, span => span.Name == "queue");
        Assert.Equal(Assert.Single(spans, span => span.Kind == Server).Id, queue.ParentId);
        Assert.True(queue.End > queue.Start);
    }

    [Fact]
    public async Task Refusal_WithoutAModel_IsAFailedSpanWithItsCause()
    {
        using var collector = OtlpCollector.Start(grpc: false);
        await using var environment = await StartAsync(collector);
        var trace = NewId(16);
        using var request = SampleRequest.Post("/v1/chat/completions", SampleRequest.Chat("invented"));
        request.Headers.Add("traceparent", $"00-{trace}-{NewId(8)}-01");

        using var answer = await environment.Client.SendAsync(request);
        var span = Assert.Single(await collector.WaitAsync(trace, 1));

        Assert.Equal((Failed, "model_not_found", "404"), (span.Status, span.Attributes["error.type"], span.Attributes["http.response.status_code"]));
    }

    [Theory]
    [InlineData("parentbased_always_on", "00", false)]
    [InlineData("parentbased_always_on", "01", true)]
    [InlineData("always_on", "00", true)]
    [InlineData("always_off", "01", false)]
    [InlineData("traceidratio", "01", false)]
    public async Task Sampler_ByItsName_DecidesWhatIsTraced(string sampler, string flags, bool traced)
    {
        using var collector = OtlpCollector.Start(grpc: false);
        await using var environment = await StartAsync(collector, ("OTEL_TRACES_SAMPLER", sampler), ("OTEL_TRACES_SAMPLER_ARG", "0"));
        var trace = NewId(16);

        await SendAsync(environment, $"00-{trace}-{NewId(8)}-{flags}");

        // The trace goes on to the engine either way, and says whether it is kept.
        Assert.StartsWith($"00-{trace}-", TraceParent(environment), StringComparison.Ordinal);
        Assert.EndsWith(traced ? "-01" : "-00", TraceParent(environment), StringComparison.Ordinal);
        if (traced)
        {
            await collector.WaitAsync(trace, 2);
        }
        else
        {
            // What is under way is sent before the gateway has ended.
            await environment.Gateway.DisposeAsync();
            Assert.Empty(collector.Of(trace));
        }
    }

    [Fact]
    public async Task Request_NoCollector_CallersTraceGoesOnAsItIs()
    {
        await using var environment = await TestEnvironment.StartAsync("vllm");
        var parent = $"00-{NewId(16)}-{NewId(8)}-01";

        await SendAsync(environment, parent);

        Assert.Equal(parent, TraceParent(environment));
    }

    private static Task<TestEnvironment> StartAsync(OtlpCollector collector, params (string Name, string Value)[] settings) =>
        TestEnvironment.StartAsync("vllm", [("OTEL_EXPORTER_OTLP_ENDPOINT", collector.Url.ToString()), .. settings]);

    private static async Task SendAsync(TestEnvironment environment, string traceParent, bool stream = false)
    {
        using var request = SampleRequest.Post("/v1/chat/completions", SampleRequest.Chat(environment.Engine.Model, stream));
        request.Headers.Add("traceparent", traceParent);
        using var answer = await environment.Client.SendAsync(request);
        await answer.Content.ReadAsByteArrayAsync();
    }

    private static string TraceParent(TestEnvironment environment) => environment.Engine.Requests.Work[^1].Headers["traceparent"].ToString();

    private static string NewId(int bytes) => Convert.ToHexStringLower(Guid.NewGuid().ToByteArray()[..bytes]);
}
