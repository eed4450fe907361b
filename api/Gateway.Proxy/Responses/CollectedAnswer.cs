using Gateway.Proxy.Failover;
using Gateway.Proxy.Requests;

namespace Gateway.Proxy.Responses;

/// <summary>
/// The answer to a plain request that the engine was asked to stream: read whole before a byte goes to the client, so that a
/// failure anywhere in it is an ordinary error, and put together as if it had come in one piece.
/// </summary>
internal static class CollectedAnswer
{
    /// <summary>Reads the stream, and writes the answer when it is sound; otherwise the attempt has its error.</summary>
    public static async ValueTask ReadAsync(Attempt attempt, HttpContext context, HttpResponseMessage response, SseRelay relay, CancellationToken cancellationToken)
    {
        var merger = new ChunkMerger(attempt.Profile.Responses.UsageCountsOneChoice);
        await relay.ReadToEndAsync(merger, cancellationToken);
        if (relay.End != RelayEnd.Complete)
        {
            attempt.Fail(relay);
            return;
        }

        using var body = new BodyBuffer(4096);
        merger.WriteTo(body);
        attempt.Request.Usage = merger.Usage;
        attempt.Plan.Upstream.Headers.CopyResponse(response, context.Response, decoded: true);
        context.Response.Headers.Remove("X-Accel-Buffering");
        context.Response.Headers.CacheControl = default;
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = body.Length;
        attempt.Commit();
        await context.Response.Body.WriteAsync(body.Written, context.RequestAborted);
    }
}
