using System.Text.Json;
using Gateway.Endpoints;
using Gateway.Engines;

namespace Gateway.Errors;

/// <summary>The 501 for an endpoint that an engine does not serve at all, or not with the model that it runs.</summary>
internal static class UnsupportedEndpoint
{
    public const string Code = "unsupported_endpoint";

    /// <summary>The profile says that the engine lacks the endpoint: it is not asked.</summary>
    public static GatewayError Of(EngineProfile profile, EndpointSpec endpoint)
    {
        var support = profile.Endpoints[endpoint.Id];
        return new GatewayError(501, Code, Code, $"{profile.DisplayName} does not serve {Name(endpoint)}. {support.Note} {support.Alternative}")
        {
            Extra = Extra(profile, endpoint),
        };
    }

    /// <summary>The engine could serve the endpoint, but said that it does not as it runs now.</summary>
    public static EngineError Said(EngineProfile profile, EndpointSpec endpoint)
    {
        var support = profile.Endpoints[endpoint.Id];
        var advice = support.Level == SupportLevel.Needs
            ? $"What it takes: {support.Note}"
            : "Use a model that is made for it, or a version of the engine that has it.";
        return new EngineError(501, $"{profile.DisplayName} does not serve {Name(endpoint)} with this model and these settings. {advice}", Code, null, Code)
        {
            Extra = Extra(profile, endpoint),
        };
    }

    private static IReadOnlyList<(string Name, string RawValue)> Extra(EngineProfile profile, EndpointSpec endpoint) =>
    [
        ("engine", Text(profile.Id)),
        ("endpoint", Text(Route(endpoint))),
        ("served_by", JsonSerializer.Serialize(ServedBy(endpoint), GatewayJson.Default.StringArray)),
    ];

    private static string[] ServedBy(EndpointSpec endpoint) =>
        [.. EngineCatalog.All.Where(other => other.Endpoints[endpoint.Id].Served && !other.Demonstration).Select(other => other.Id)];

    // A family may begin where another endpoint lies, which the engine serves all the same.
    private static string Name(EndpointSpec endpoint)
    {
        var route = Route(endpoint);
        return EndpointCatalog.All.Any(other => other.Route == route && other.Id != endpoint.Id) ? $"{route} ({endpoint.Summary})" : route;
    }

    private static string Route(EndpointSpec endpoint) => endpoint.Route.Split("/{", 2)[0];

    private static string Text(string value) => $"\"{JsonEncodedText.Encode(value)}\"";
}
