using System.Text;
using System.Text.Json;
using Gateway.Core.Errors;
using Gateway.Engines;
using Gateway.Engines.Endpoints;
using Gateway.Proxy.Pipeline;
using Gateway.Tests.Backends;
using Xunit;

namespace Gateway.Tests.Routing;

/// <summary>What an engine does not serve is answered with what to do instead.</summary>
public sealed class CapabilityTests
{
    public static TheoryData<string> Engines => [.. EngineCatalog.All.Select(profile => profile.Id)];

    [Theory]
    [MemberData(nameof(Engines))]
    public void Check_EveryEndpoint_IsForwardedOrExplained(string engine)
    {
        using var backend = TestBackends.Of(engine);
        foreach (var endpoint in EndpointCatalog.All)
        {
            var error = CapabilityMiddleware.Check(backend, endpoint, []);

            Assert.Equal(backend.Serves(endpoint), error is null);
            if (error is not null)
            {
                AssertExplained(backend.Profile, endpoint, error);
            }
        }
    }

    [Theory]
    [InlineData("tgi", EndpointId.Embeddings, "TGI does not serve /v1/embeddings. ")]
    [InlineData("ollama", EndpointId.ResponseCancel, "Ollama does not serve /v1/responses (cancel a background response). ")]
    // The chat it does serve, at the same path.
    [InlineData("ollama", EndpointId.StoredChatCompletions, "Ollama does not serve /v1/chat/completions (stored chat completions). ")]
    internal void Check_Message_NamesWhatIsMissing(string engine, EndpointId endpoint, string expected)
    {
        using var backend = TestBackends.Of(engine);

        Assert.StartsWith(expected, CapabilityMiddleware.Check(backend, EndpointCatalog.Find(endpoint), [])!.Message, StringComparison.Ordinal);
    }

    private static void AssertExplained(EngineProfile profile, EndpointSpec endpoint, GatewayError error)
    {
        using var document = JsonDocument.Parse(Encoding.UTF8.GetString(ErrorWriter.Envelope(error, anthropic: false)));
        var parts = document.RootElement.GetProperty("error");
        var served = parts.GetProperty("served_by").EnumerateArray().Select(one => one.GetString()!).ToArray();

        Assert.Equal((501, "unsupported_endpoint", "unsupported_endpoint"), (error.Status, error.Type, error.Code));
        Assert.Equal((profile.Id, endpoint.Route.Split("/{")[0]), (parts.GetProperty("engine").GetString(), parts.GetProperty("endpoint").GetString()));
        Assert.DoesNotContain(profile.Id, served);
        Assert.All(served, id => Assert.True(EngineCatalog.Find(id)!.Endpoints[endpoint.Id].Served));
        Assert.Contains(profile.Endpoints[endpoint.Id].Note!, error.Message, StringComparison.Ordinal);
        Assert.Contains(profile.Endpoints[endpoint.Id].Alternative!, error.Message, StringComparison.Ordinal);
    }
}
