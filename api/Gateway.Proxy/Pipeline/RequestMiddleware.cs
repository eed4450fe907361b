using Gateway.Proxy.Forwarding;
using Gateway.Proxy.Health;
using Gateway.Proxy.Limits;
using Gateway.Proxy.Telemetry;

namespace Gateway.Proxy.Pipeline;

/// <summary>Begins and ends a request: id, snapshot, log line, metrics, span. Exceptions of later steps are answered here.</summary>
internal sealed class RequestMiddleware(
    RequestDelegate next, CurrentSnapshot snapshots, Lifecycle lifecycle, KeyLimiter limiter, RequestLog log, GatewayMetrics metrics, Tracing tracing, RequestFaults faults, TimeProvider clock)
{
    public async Task InvokeAsync(HttpContext context)
    {
        var snapshot = snapshots.Enter();
        var feature = Begin(context, snapshot);
        try
        {
            FindEndpoint(context, feature);
            await next(context);
        }
#pragma warning disable CA1031 // Whatever was thrown, its request is answered, and a defect is logged.
        catch (Exception e)
#pragma warning restore CA1031
        {
            await faults.AnswerAsync(context, feature, e);
        }
        finally
        {
            snapshot.Leave();
            End(context, feature);
        }

        if (feature.Outcome is Outcome.GatewayError or Outcome.EngineError)
        {
            await RequestLinger.DrainAsync(context, clock, lifecycle.Ending);
        }
    }

    private GatewayFeature Begin(HttpContext context, GatewaySnapshot snapshot)
    {
        var entered = false;
        try
        {
            var feature = new GatewayFeature { RequestId = RequestIds.Give(context), StartedAt = clock.GetTimestamp(), Snapshot = snapshot };
            context.Features.Set(feature);
            feature.Span = tracing.Start(context.Request);
            if (lifecycle.Draining)
            {
                context.Response.Headers.Connection = "close";
            }

            entered = true;
            lifecycle.Enter();
            return feature;
        }
        finally
        {
            if (!entered)
            {
                snapshot.Leave();
            }
        }
    }

    private void End(HttpContext context, GatewayFeature feature)
    {
        lifecycle.Leave();
        limiter.Leave(feature);
        var status = feature.Outcome == Outcome.Canceled ? 499 : context.Response.StatusCode;
        log.Write(feature, context.Request.Method, status);
        using var trace = CallerTrace.Begin(context.Request);
        metrics.RequestEnded(feature, status);
        RequestSpans.End(feature, context.Request.Method, status);
    }

    private static void FindEndpoint(HttpContext context, GatewayFeature feature)
    {
        feature.Endpoint = ProxyPipeline.EndpointOf(context);
        if (feature.Endpoint is { } endpoint)
        {
            // Both APIs have the list of models, at one path.
            feature.AnthropicCaller = endpoint.AnsweredHere && RouteAdvice.SpeaksAnthropic(context.Request);
            return;
        }

        var path = context.Request.Path.Value ?? "/";
        feature.Native = context.GetEndpoint()?.Metadata.GetMetadata<NativeApiEndpoint.NativeMarker>() is null ? null : NativeApiEndpoint.Find(path);
        feature.AnthropicCaller = RouteAdvice.IsAnthropic(context.Request, path);
    }
}
