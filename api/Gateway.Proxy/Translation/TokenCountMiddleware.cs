using Gateway.Engines.Endpoints;
using Gateway.Proxy.Pipeline;

namespace Gateway.Proxy.Translation;

/// <summary>Answers <c>/v1/messages/count_tokens</c> with an estimate, marked as one, where the engine does not count.</summary>
internal sealed class TokenCountMiddleware(RequestDelegate next, TimeProvider clock)
{
    public Task InvokeAsync(HttpContext context)
    {
        var feature = context.Proxy();
        return feature.Endpoint!.Id == EndpointId.MessageCountTokens && feature.Targets[0].Backend.Translates(feature.Endpoint)
            ? AnswerAsync(context, feature)
            : next(context);
    }

    private Task AnswerAsync(HttpContext context, GatewayFeature feature)
    {
        var about = Translations.Context(feature.Body!, feature.Targets[0], feature.Snapshot.Settings, clock);
        if (MessagesTokenCount.Create(feature.Body!.Body ?? default, about, out var error) is not { } answer)
        {
            return Refusal.WriteAsync(context, error!);
        }

        feature.Outcome = Outcome.Ok;
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = answer.Length;
        context.Response.Headers[MessagesTokenCount.Header] = MessagesTokenCount.Estimated;
        return context.Response.Body.WriteAsync(answer, context.RequestAborted).AsTask();
    }
}
