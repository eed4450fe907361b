using Gateway.Core.Errors;
using Gateway.Engines.Endpoints;
using Gateway.Proxy.Backends;

namespace Gateway.Proxy.Pipeline;

/// <summary>Lets a request through to an engine that serves its endpoint; any other gets the 501 that says what to do instead.</summary>
internal static class CapabilityGate
{
    /// <param name="backend">The backend of the request's model.</param>
    /// <param name="endpoint">What is asked.</param>
    /// <param name="configured">All backends: what one of them serves need not be added.</param>
    public static GatewayError? Check(Backend backend, EndpointSpec endpoint, IReadOnlyList<Backend>? configured = null)
    {
        if (backend.Profile.Endpoints[endpoint.Id].Served)
        {
            return null;
        }

        var here = (configured ?? []).Where(other => other.Profile.Endpoints[endpoint.Id].Served && !other.Profile.Demonstration).ToArray();
        return here.Length == 0
            ? UnsupportedEndpoint.Of(backend.Profile, endpoint)
            : UnsupportedEndpoint.Of(backend.Profile, endpoint, [.. here.Select(static other => (other.Name, other.Profile.Id))]);
    }
}
