using System.Text.Json;
using Gateway.Backends;
using Gateway.Endpoints;
using Gateway.Engines;
using Gateway.Errors;

namespace Gateway.Routing;

/// <summary>Lets a request through to an engine that serves its endpoint; any other gets the 501 that says what to do instead.</summary>
internal static class CapabilityGate
{
    public static GatewayError? Check(Backend backend, EndpointSpec endpoint)
    {
        var support = backend.Profile.Endpoints[endpoint.Id];
        return support.Served ? null : Unsupported(backend.Profile, endpoint, support);
    }

    private static GatewayError Unsupported(EngineProfile profile, EndpointSpec endpoint, Support support)
    {
        var route = endpoint.Route.Split("/{", 2)[0];
        var servedBy = EngineCatalog.All.Where(other => other.Endpoints[endpoint.Id].Served && !other.Demonstration).Select(other => other.Id).ToArray();
        // A family may begin where another endpoint lies, which the engine serves all the same.
        var what = EndpointCatalog.All.Any(other => other.Route == route && other.Id != endpoint.Id) ? $"{route} ({endpoint.Summary})" : route;
        return new GatewayError(501, "unsupported_endpoint", "unsupported_endpoint", $"{profile.DisplayName} does not serve {what}. {support.Note} {support.Alternative}")
        {
            Extra =
            [
                ("engine", Text(profile.Id)),
                ("endpoint", Text(route)),
                ("served_by", JsonSerializer.Serialize(servedBy, GatewayJson.Default.StringArray)),
            ],
        };
    }

    private static string Text(string value) => $"\"{JsonEncodedText.Encode(value)}\"";
}
