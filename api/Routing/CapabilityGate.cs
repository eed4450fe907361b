using Gateway.Backends;
using Gateway.Endpoints;
using Gateway.Errors;

namespace Gateway.Routing;

/// <summary>Lets a request through to an engine that serves its endpoint; any other gets the 501 that says what to do instead.</summary>
internal static class CapabilityGate
{
    public static GatewayError? Check(Backend backend, EndpointSpec endpoint) =>
        backend.Profile.Endpoints[endpoint.Id].Served ? null : UnsupportedEndpoint.Of(backend.Profile, endpoint);
}
