using Gateway.Core.Errors;
using Gateway.Proxy.Pipeline;

namespace Gateway.Proxy.Keys;

/// <summary>Lets a request with one of the clients' keys through.</summary>
internal sealed class ClientKeyMiddleware(RequestDelegate next)
{
    public Task InvokeAsync(HttpContext context)
    {
        var feature = context.Proxy();
        var check = feature.Snapshot.Keys.Check(context.Request.Headers, out var key);
        feature.Key = key;
        return check == KeyCheck.Accepted ? next(context)
            : Refusal.WriteAsync(context, check == KeyCheck.Missing ? GatewayError.MissingApiKey : GatewayError.InvalidApiKey);
    }
}
