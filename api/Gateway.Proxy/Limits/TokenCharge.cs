using Gateway.Engines.Endpoints;
using Gateway.Proxy.Pipeline;

namespace Gateway.Proxy.Limits;

/// <summary>How many tokens an ended request is charged: those that were counted, and an estimate where an engine counts none.</summary>
internal static class TokenCharge
{
    public static long Of(GatewayFeature request)
    {
        // A refused request has used nothing.
        if (request.FirstSentAt == 0 || request.Outcome is Outcome.EngineError or Outcome.GatewayError)
        {
            return 0;
        }

        var usage = request.Usage;
        if (usage.Known)
        {
            return usage.Input + usage.Output;
        }

        if (request.Endpoint is { Stream: StreamShape.None })
        {
            return 0;
        }

        // An answer that was cut or abandoned: the prompt, and what was relayed. A complete one without a count: its reservation.
        return request.Outcome == Outcome.Ok ? request.Hold.Tokens : request.PromptEstimate + usage.Output;
    }
}
