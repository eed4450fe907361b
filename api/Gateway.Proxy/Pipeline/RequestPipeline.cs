using Gateway.Core.Errors;
using Gateway.Engines;
using Gateway.Engines.Endpoints;
using Gateway.Proxy.Forwarding;
using Gateway.Proxy.Health;
using Gateway.Proxy.Keys;
using Gateway.Proxy.Limits;
using Gateway.Proxy.Models;
using Gateway.Proxy.Telemetry;

namespace Gateway.Proxy.Pipeline;

/// <summary>The first steps of every request: its id, its route, its key; and the last: its line in the log.</summary>
public sealed class RequestPipeline(
    ApiKeyStore keys,
    Lifecycle lifecycle,
    HealthEndpoints health,
    ModelListEndpoint models,
    CapabilitiesEndpoint capabilities,
    NativeApiEndpoint native,
    ForwardHandler forward,
    KeyLimiter limiter,
    RequestLog log,
    GatewayMetrics metrics,
    Tracing tracing,
    RequestFaults faults,
    TimeProvider clock)
{
    public async Task HandleAsync(HttpContext context)
    {
        var path = context.Request.Path.Value ?? "/";
        if (HealthEndpoints.IsHealth(path))
        {
            RequestIds.Give(context);
            await HealthEndpoints.WriteHealthAsync(context);
            return;
        }

        if (HealthEndpoints.IsReady(path))
        {
            RequestIds.Give(context);
            await health.WriteReadyAsync(context);
            return;
        }

        var feature = new GatewayFeature { RequestId = RequestIds.Give(context), StartedAt = clock.GetTimestamp() };
        if (lifecycle.Draining)
        {
            context.Response.Headers.Connection = "close";
        }

        feature.Span = tracing.Start(context.Request);
        lifecycle.Enter();
        try
        {
            await AnswerAsync(context, feature, path);
        }
#pragma warning disable CA1031 // Whatever was thrown, its request is answered, and a defect is logged.
        catch (Exception e)
#pragma warning restore CA1031
        {
            await faults.AnswerAsync(context, feature, e);
        }
        finally
        {
            lifecycle.Leave();
            limiter.Leave(feature);
            var status = feature.Outcome == Outcome.Canceled ? 499 : context.Response.StatusCode;
            log.Write(feature, context.Request.Method, status);
            using var trace = CallerTrace.Begin(context.Request);
            metrics.RequestEnded(feature, status);
            RequestSpans.End(feature, context.Request.Method, status);
        }

        if (feature.Outcome is Outcome.GatewayError or Outcome.EngineError)
        {
            await RequestLinger.DrainAsync(context, clock, lifecycle.Ending);
        }
    }

    private ValueTask AnswerAsync(HttpContext context, GatewayFeature feature, string path)
    {
        var match = EndpointMatcher.Match(context.Request.Method, path);
        feature.Endpoint = match.Spec;
        feature.AnthropicCaller = match.Spec is null && RouteAdvice.IsAnthropic(context.Request, path);
        var own = match.Spec is null && match.Allowed.Count == 0 ? NativeApiEndpoint.Find(path) : null;
        if ((RequestFraming.Check(context.Request) ?? RequestHead.Check(context) ?? CheckKey(context, feature)) is { } refused)
        {
            return new(RefuseAsync(context, feature, refused, own?.Api));
        }

        if (own is not null)
        {
            return new(AnswerNativeAsync(context, feature, own));
        }

        // The list of models costs nothing, and clients ask for it often.
        if (match.Spec is not { AnsweredHere: true } && limiter.Enter(feature, context.Response.Headers) is { } limited)
        {
            return new(RefuseAsync(context, feature, limited));
        }

        if (match.Spec is not { } endpoint)
        {
            return new(AnswerOutsideTableAsync(context, feature, path, match));
        }

        if (lifecycle.Refuses)
        {
            return new(RefuseAsync(context, feature, GatewayError.ShuttingDown));
        }

        return endpoint.AnsweredHere ? new(AnswerModelsAsync(context, feature, path)) : forward.HandleAsync(context, feature);
    }

    private GatewayError? CheckKey(HttpContext context, GatewayFeature feature)
    {
        var check = keys.Check(context.Request.Headers, out var key);
        feature.Key = key;
        return check == KeyCheck.Accepted ? null : check == KeyCheck.Missing ? GatewayError.MissingApiKey : GatewayError.InvalidApiKey;
    }

    private Task AnswerOutsideTableAsync(HttpContext context, GatewayFeature feature, string path, EndpointMatch match)
    {
        if (path == "/capabilities" && HttpMethods.IsGet(context.Request.Method))
        {
            feature.Outcome = Outcome.Ok;
            return capabilities.WriteAsync(context);
        }

        return RefuseAsync(context, feature, match.Allowed.Count == 0
            ? RouteAdvice.NotFound(path)
            : GatewayError.MethodNotAllowed(context.Request.Method, path.Length > 200 ? path[..200] : path, match.Allowed));
    }

    private async Task AnswerNativeAsync(HttpContext context, GatewayFeature feature, NativeMatch match)
    {
        var error = lifecycle.Refuses ? GatewayError.ShuttingDown : await native.AnswerAsync(context, match, feature.Key);
        if (error is not null)
        {
            await RefuseAsync(context, feature, error, match.Api);
            return;
        }

        feature.Outcome = Outcome.Ok;
    }

    private Task AnswerModelsAsync(HttpContext context, GatewayFeature feature, string path)
    {
        feature.Outcome = Outcome.Ok;
        return EndpointMatcher.TryGetModelId(path, out var id) ? models.WriteOneAsync(context, id, feature.Key) : models.WriteListAsync(context, feature.Key);
    }

    private static Task RefuseAsync(HttpContext context, GatewayFeature feature, GatewayError error, NativeApi? native = null)
    {
        feature.Outcome = Outcome.GatewayError;
        feature.Error = error.Code ?? error.Type;
        var said = RequestLinger.IsBodyUnasked(context.Request) ? error with { ClosesConnection = true } : error;
        return ErrorWriter.WriteAsync(context, said, native is null ? ErrorWriter.Envelope(said, feature.AnthropicErrors) : NativeApiEndpoint.Envelope(native, said));
    }
}
