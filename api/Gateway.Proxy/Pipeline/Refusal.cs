using Gateway.Core.Errors;
using Microsoft.AspNetCore.Http.Features;

namespace Gateway.Proxy.Pipeline;

/// <summary>Answers a request with an error of the gateway, in the envelope of the API that was called.</summary>
internal static class Refusal
{
    /// <summary>The facts of this request.</summary>
    public static GatewayFeature Proxy(this HttpContext context) => context.Features.GetRequiredFeature<GatewayFeature>();

    /// <summary>Writes the error. Nothing may have been sent before.</summary>
    public static Task WriteAsync(HttpContext context, GatewayError error)
    {
        var feature = context.Proxy();
        feature.Outcome = Outcome.GatewayError;
        feature.Error = error.Code ?? error.Type;
        var said = feature.Body is null && RequestLinger.IsBodyUnasked(context.Request) ? error with { ClosesConnection = true } : error;
        return ErrorWriter.WriteAsync(
            context, said, feature.Native is { } native ? NativeApiEndpoint.Envelope(native.Api, said) : ErrorWriter.Envelope(said, feature.AnthropicErrors));
    }
}
