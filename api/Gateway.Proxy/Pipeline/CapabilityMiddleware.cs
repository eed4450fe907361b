using Gateway.Core.Errors;
using Gateway.Engines.Endpoints;
using Gateway.Proxy.Backends;

namespace Gateway.Proxy.Pipeline;

/// <summary>Passes a request to a backend whose engine serves the endpoint, or else to a fallback.</summary>
/// <remarks>Without one, 501 says what to do instead.</remarks>
internal sealed class CapabilityMiddleware(RequestDelegate next)
{
    public Task InvokeAsync(HttpContext context)
    {
        var feature = context.Proxy();
        if (Check(feature.Targets[0].Backend, feature.Endpoint!, feature.Snapshot.Backends.All) is not { } unsupported)
        {
            return next(context);
        }

        if (feature.Targets.Count == 1)
        {
            return Refusal.WriteAsync(context, unsupported);
        }

        // Fallbacks are only those that serve it.
        feature.Targets = [.. feature.Targets.Skip(1)];
        return next(context);
    }

    /// <summary>The error for an endpoint that the backend's engine does not serve; else null.</summary>
    /// <param name="backend">The backend of the request's model.</param>
    /// <param name="endpoint">What is asked.</param>
    /// <param name="configured">All backends: what one of them serves need not be added.</param>
    public static GatewayError? Check(Backend backend, EndpointSpec endpoint, IReadOnlyList<Backend> configured)
    {
        if (backend.Serves(endpoint))
        {
            return null;
        }

        var here = configured.Where(other => other.Serves(endpoint) && !other.Profile.Demonstration).ToArray();
        return here.Length == 0
            ? UnsupportedEndpoint.Of(backend.Profile, endpoint)
            : UnsupportedEndpoint.Of(backend.Profile, endpoint, [.. here.Select(static other => (other.Name, other.Profile.Id))]);
    }
}
