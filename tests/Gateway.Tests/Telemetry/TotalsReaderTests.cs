using Gateway.Engines.Endpoints;
using Gateway.Proxy.Pipeline;
using Gateway.Proxy.Telemetry;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Gateway.Tests.Telemetry;

/// <summary>What was recorded request by request comes back summed, whatever order the labels have.</summary>
public sealed class TotalsReaderTests
{
    [Fact]
    public void Read_RequestsOfTwoBackends_AreSummedByBackendErrorAndKey()
    {
        using var services = new ServiceCollection().AddMetrics().AddSingleton(TimeProvider.System).AddSingleton<GatewayMetrics>().AddSingleton<PrometheusCollector>().BuildServiceProvider();
        var reader = new TotalsReader(services.GetRequiredService<PrometheusCollector>());
        var metrics = services.GetRequiredService<GatewayMetrics>();

        metrics.RequestEnded(Request("a", "one", Outcome.Ok, output: 7), 200);
        metrics.RequestEnded(Request("a", "two", Outcome.Ok, output: 5), 200);
        metrics.RequestEnded(Request("b", "one", Outcome.EngineError, error: "context_length_exceeded"), 400);
        metrics.RequestEnded(Request("b", "one", Outcome.Canceled), 499);
        metrics.RequestEnded(Request("b", "one", Outcome.GatewayError, error: "model_not_found"), 404);
        metrics.RequestEnded(Request("b", "one", Outcome.GatewayError, error: "upstream_error"), 502);
        metrics.RequestEnded(Request("b", "one", Outcome.Interrupted, error: "stream_interrupted"), 200);
        var totals = reader.Read();

        Assert.Equal((2, 0, 12), (totals.Backends["a"].Requests, totals.Backends["a"].Failures, totals.Backends["a"].OutputTokens));
        Assert.Equal((5, 2, 0), (totals.Backends["b"].Requests, totals.Backends["b"].Failures, totals.Backends["b"].OutputTokens));
        Assert.Equal(2, totals.Backends["a"].FirstToken.Sum());
        Assert.Equal(1, totals.Errors[new ErrorKind("b", "engine", "context_length_exceeded")]);
        Assert.Equal(1, totals.Errors[new ErrorKind("b", "client", "canceled")]);
        Assert.Equal(12, totals.Keys["tests"].Output);
        Assert.Equal(totals.FirstTokenBoundaries.Length + 1, totals.Backends["a"].FirstToken.Length);
    }

    private static GatewayFeature Request(string backend, string model, Outcome outcome, int output = 0, string? error = null)
    {
        var request = new GatewayFeature
        {
            RequestId = "r",
            StartedAt = TimeProvider.System.GetTimestamp(),
            Endpoint = EndpointCatalog.All.First(endpoint => endpoint.Id == EndpointId.ChatCompletions),
            Backend = backend,
            Model = model,
            ServedModel = model,
            Key = new Gateway.Core.Configuration.ClientKey("tests", []),
            Streamed = true,
            Outcome = outcome,
            Error = error,
            FirstTokenAt = outcome == Outcome.Ok ? TimeProvider.System.GetTimestamp() : 0,
        };
        if (output > 0)
        {
            request.Usage = new TokenUsage { Known = true, Output = output };
        }

        return request;
    }
}
