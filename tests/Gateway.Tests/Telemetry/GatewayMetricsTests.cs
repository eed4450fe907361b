using Gateway.Core.Configuration;
using Gateway.Engines.Endpoints;
using Gateway.Proxy.Pipeline;
using Gateway.Proxy.Telemetry;
using Xunit;

namespace Gateway.Tests.Telemetry;

/// <summary>What recording a request costs, and where its labels end.</summary>
public sealed class GatewayMetricsTests
{
    private readonly GatewayMetrics _metrics = new(new MetricsRegistry(), TimeProvider.System);

    [Fact]
    public void RequestEnded_OfAKnownKind_AllocatesNothing()
    {
        var request = Stream("model");
        for (var i = 0; i < 100; i++)
        {
            _metrics.RequestEnded(request, 200);
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
        {
            _metrics.RequestEnded(request, 200);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(1100, _metrics.Families.Duration.WithLabels("/v1/chat/completions", "big", "model", "ok").Count);
        Assert.Equal(1100 * 20, _metrics.Families.Tokens.WithLabels("tests", "big", "model", "output").Value);
    }

    [Fact]
    public void RequestEnded_MoreModelsThanLabels_CountsTheRestAsOther()
    {
        for (var i = 0; i < 600; i++)
        {
            _metrics.RequestEnded(Stream($"model-{i}"), 200);
        }

        var models = _metrics.Families.Requests.GetAllLabelValues().Select(values => values[2]).ToList();
        Assert.Equal(501, models.Count);
        Assert.Contains("model-499", models);
        Assert.DoesNotContain("model-500", models);
        Assert.Equal(100, _metrics.Families.Requests.WithLabels("/v1/chat/completions", "big", "other", "200").Value);
    }

    [Fact]
    public void RequestEnded_MoreKeysThanSeries_CountsTheRestAsOther()
    {
        for (var i = 0; i < 20_010; i++)
        {
            _metrics.RequestEnded(Stream("model", $"key-{i}"), 200);
        }

        Assert.Equal(200, _metrics.Families.Tokens.WithLabels("other", "big", "other", "output").Value);
        Assert.Equal(20, _metrics.Families.Tokens.WithLabels("key-19999", "big", "model", "output").Value);
    }

    private static GatewayFeature Stream(string model, string key = "tests")
    {
        var now = TimeProvider.System.GetTimestamp();
        return new GatewayFeature
        {
            RequestId = "r",
            StartedAt = now,
            Endpoint = EndpointCatalog.All.First(endpoint => endpoint.Id == EndpointId.ChatCompletions),
            Backend = "big",
            Model = model,
            ServedModel = model,
            Key = new ClientKey(key, []),
            Streamed = true,
            Outcome = Outcome.Ok,
            FirstSentAt = now,
            FirstTokenAt = now,
            Usage = new TokenUsage { Known = true, Input = 10, Output = 20 },
        };
    }
}
