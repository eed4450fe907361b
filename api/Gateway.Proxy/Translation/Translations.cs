using Gateway.Core.Configuration;
using Gateway.Core.Errors;
using Gateway.Engines;
using Gateway.Engines.Endpoints;
using Gateway.Proxy.Requests;
using Gateway.Proxy.Routing;

namespace Gateway.Proxy.Translation;

/// <summary>Makes the translation of a request to an endpoint that the engine of its backend does not serve itself.</summary>
internal static class Translations
{
    /// <summary>What <c>GET /capabilities</c> says of such an endpoint.</summary>
    public const string Note = "Served by translation to /v1/chat/completions (docs/translation.md).";

    /// <summary>Makes the translation.</summary>
    /// <param name="endpoint">The endpoint that was called.</param>
    /// <param name="request">The request.</param>
    /// <param name="route">Where it goes.</param>
    /// <param name="settings">The settings in force.</param>
    /// <param name="clock">Gives the time of an answer.</param>
    /// <returns>The translation, or the error for the caller.</returns>
    public static (ITranslation? Translation, GatewayError? Error) Create(EndpointId endpoint, ClientRequest request, ModelRoute route, GatewaySettings settings, TimeProvider clock)
    {
        var context = Context(request, route, settings, clock);
        var body = request.Body ?? default;
        ITranslation? translation = endpoint == EndpointId.Messages
            ? MessagesTranslation.Create(body, context, out var error)
            : ResponsesTranslation.Create(body, context, out error);
        return (translation, error);
    }

    /// <summary>What a translation has to know besides the body.</summary>
    public static TranslationContext Context(ClientRequest request, ModelRoute route, GatewaySettings settings, TimeProvider clock) => new(
        route.SendModel ?? request.Model ?? settings.ModelName ?? (route.Backend.Models.All is [var first, ..] ? first.Id : "default"),
        static () => Guid.NewGuid().ToString("N"),
        clock,
        route.Backend.Profile.Responses.ChatUsage != StreamUsage.Never);
}
