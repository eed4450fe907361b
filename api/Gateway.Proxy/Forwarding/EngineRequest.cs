using System.Net;
using Gateway.Proxy.Failover;
using Gateway.Proxy.Realtime;
using Gateway.Proxy.Telemetry;

namespace Gateway.Proxy.Forwarding;

/// <summary>Addresses a request to the replica of an attempt, with the headers and the body that its engine needs.</summary>
internal static class EngineRequest
{
    /// <summary>Writes the request. One that was sent before is written over.</summary>
    public static void Write(HttpRequestMessage request, HttpContext context, Attempt attempt)
    {
        var plan = attempt.Plan;
        request.RequestUri = attempt.Replica.Address.Join(plan.Path, plan.Query);
        request.Headers.Clear();
        if (plan.Body is { } body)
        {
            // In one piece with the headers: what is still on its way is sent behind them, and costs both sides one more packet.
            request.Content = new BodyContent(body);
        }

        plan.Upstream.Headers.CopyRequest(context.Request, request, request.Content, plan.Feature);
        if (plan.Body is { } sent)
        {
            // The client's own length is that of the body before it was decompressed or edited.
            request.Content!.Headers.ContentLength = sent.Length;
        }

        if (plan.Endpoint.WebSocket)
        {
            attempt.Handshake = new WebSocketHandshake(request);
        }

        Trace(request, attempt);
    }

    // The engine's spans are children of the attempt's. Without tracing, the gateway passes the caller's trace headers like any others.
    private static void Trace(HttpRequestMessage request, Attempt attempt)
    {
        if (RequestSpans.Context(attempt.Request, attempt.Span) is not { } context)
        {
            return;
        }

        request.Headers.Remove("traceparent");
        request.Headers.Remove("tracestate");
        request.Headers.TryAddWithoutValidation("traceparent", context.TraceParent);
        if (context.TraceState is { Length: > 0 } state)
        {
            request.Headers.TryAddWithoutValidation("tracestate", state);
        }
    }

    private sealed class BodyContent(ReadOnlyMemory<byte> body) : HttpContent
    {
        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken) => stream.WriteAsync(body, cancellationToken).AsTask();

        protected override bool TryComputeLength(out long length)
        {
            length = body.Length;
            return true;
        }
    }
}
