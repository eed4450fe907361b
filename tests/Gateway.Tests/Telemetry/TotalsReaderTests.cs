using Gateway.Engines.Endpoints;
using Gateway.Proxy.Pipeline;
using Gateway.Proxy.Telemetry;
using Xunit;

namespace Gateway.Tests.Telemetry;

/// <summary>What was recorded request by request comes back summed, by the names of the labels.</summary>
public sealed class TotalsReaderTests
{
    [Fact]
    public void Read_RequestsOfTwoBackends_AreSummedByBackendErrorAndKey()
    {
        var metrics = new GatewayMetrics(new MetricsRegistry(), TimeProvider.System);
        var reader = new TotalsReader(metrics);

        metrics.RequestEnded(Request("a", "one", Outcome.Ok, output: 7), 200);
        metrics.RequestEnded(Request("a", "two", Outcome.Ok, output: 5), 200);
        metrics.RequestEnded(Request("b", "one", Outcome.EngineError, error: "context_length_exceeded"), 400);
        metrics.RequestEnded(Request("b", "one", Outcome.Canceled), 499);
        metrics.RequestEnded(Request("b", "one", Outcome.GatewayError, error: "model_not_found"), 404);
        metrics.RequestEnded(Request("b", "one", Outcome.GatewayError, error: "upstream_error"), 502);
        metrics.RequestEnded(Request("b", "one", Outcome.Interrupted, error: "stream_interrupted"), 200);
        metrics.RequestEnded(Request("c", "one", Outcome.Ok, own: "a"), 200);
        metrics.Retried("a", "connect");
        metrics.Retried("a", "overloaded");
        var totals = reader.Read();

        Assert.Equal((2, 0, 12), (totals.Backends["a"].Requests, totals.Backends["a"].Failures, totals.Backends["a"].OutputTokens));
        Assert.Equal((5, 2, 0), (totals.Backends["b"].Requests, totals.Backends["b"].Failures, totals.Backends["b"].OutputTokens));
        Assert.Equal((2, 1), (totals.Backends["a"].Retries, totals.Backends["a"].Fallbacks["c"]));
        Assert.Equal(2, totals.Backends["a"].FirstToken.Sum());
        Assert.Equal([0, 2, 0], totals.Backends["a"].FirstToken[..3]);
        Assert.Equal(1, totals.Errors[new ErrorKind("b", "engine", "context_length_exceeded")]);
        Assert.Equal(1, totals.Errors[new ErrorKind("b", "client", "canceled")]);
        Assert.Equal(12, totals.Keys["tests"].Output);
        Assert.Equal(totals.FirstTokenBoundaries.Length + 1, totals.Backends["a"].FirstToken.Length);
    }

    private static GatewayFeature Request(
        string backend, string model, Outcome outcome, int output = 0, string? error = null, string? own = null)
    {
        var now = TimeProvider.System.GetTimestamp();
        var request = new GatewayFeature
        {
            RequestId = "r",
            StartedAt = now,
            Endpoint = EndpointCatalog.All.First(endpoint => endpoint.Id == EndpointId.ChatCompletions),
            Backend = backend,
            OwnBackend = own,
            Model = model,
            ServedModel = model,
            Key = new Gateway.Core.Configuration.ClientKey("tests", []),
            Streamed = true,
            Outcome = outcome,
            Error = error,
            FirstTokenAt = outcome == Outcome.Ok ? now + (7 * TimeProvider.System.TimestampFrequency / 1000) : 0,
        };
        if (output > 0)
        {
            request.Usage = new TokenUsage { Known = true, Output = output };
        }

        return request;
    }
}
