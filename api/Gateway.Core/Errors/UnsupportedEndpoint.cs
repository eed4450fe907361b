using System.Text.Json;
using Gateway.Engines;
using Gateway.Engines.Endpoints;

namespace Gateway.Core.Errors;

/// <summary>The 501 for an endpoint that an engine does not serve at all, or not with the model that it runs.</summary>
public static class UnsupportedEndpoint
{
    public const string Code = "unsupported_endpoint";

    /// <summary>The profile says that the engine lacks the endpoint: it is not asked.</summary>
    public static GatewayError Of(EngineProfile profile, EndpointSpec endpoint)
    {
        var support = profile.Endpoints[endpoint.Id];
        return new GatewayError(501, Code, Code, $"{profile.DisplayName} does not serve {Name(endpoint)}. {support.Note} {support.Alternative}")
        {
            Extra = Extra(profile, endpoint, ServedBy(endpoint)),
        };
    }

    /// <summary>The same where other backends of this gateway serve the endpoint: they are named, and no engine that is not configured.</summary>
    /// <param name="profile">The engine that lacks it.</param>
    /// <param name="endpoint">What is asked.</param>
    /// <param name="here">The names and kinds of those backends.</param>
    public static GatewayError Of(EngineProfile profile, EndpointSpec endpoint, IReadOnlyList<(string Name, string Kind)> here)
    {
        var names = string.Join(" or ", here.Select(static other => other.Name).Distinct());
        var advice = $"Use a model of {names}, which {(here.Count > 1 ? "serve" : "serves")} it; GET /v1/models lists the models.";
        return new GatewayError(501, Code, Code, $"{profile.DisplayName} does not serve {Name(endpoint)}. {profile.Endpoints[endpoint.Id].Note} {advice}")
        {
            Extra = Extra(profile, endpoint, [.. here.Select(static other => other.Kind).Distinct()]),
        };
    }

    /// <summary>The engine could serve the endpoint, but said that it does not as it runs now.</summary>
    public static EngineError Said(EngineProfile profile, EndpointSpec endpoint)
    {
        var support = profile.Endpoints[endpoint.Id];
        var advice = support.Level == SupportLevel.Needs
            ? $"Required: {support.Note}"
            : "Use a model made for it, or a version of the engine that supports it.";
        return new EngineError(501, $"{profile.DisplayName} does not serve {Name(endpoint)} with this model and these settings. {advice}", Code, null, Code)
        {
            Extra = Extra(profile, endpoint, ServedBy(endpoint)),
        };
    }

    private static IReadOnlyList<(string Name, string RawValue)> Extra(EngineProfile profile, EndpointSpec endpoint, string[] servedBy) =>
    [
        ("engine", Text(profile.Id)),
        ("endpoint", Text(Route(endpoint))),
        ("served_by", JsonSerializer.Serialize(servedBy, GatewayJson.Default.StringArray)),
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
