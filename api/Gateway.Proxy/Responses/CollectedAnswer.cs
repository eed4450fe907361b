using Gateway.Proxy.Failover;
using Gateway.Proxy.Requests;

namespace Gateway.Proxy.Responses;

/// <summary>
/// The answer to a plain request that the engine was asked to stream: read whole before a byte goes to the client, so that a
/// failure anywhere in it is an ordinary error, and put together as if it had come in one piece.
/// </summary>
internal static class CollectedAnswer
{
    /// <summary>Reads the stream, and keeps the answer on the attempt when it is sound.</summary>
    public static async ValueTask<AttemptResult?> ReadAsync(Attempt attempt, HttpResponseMessage response, SseRelay relay, CancellationToken cancellationToken)
    {
        var merger = new ChunkMerger(attempt.Profile.Responses.UsageCountsOneChoice);
        await relay.ReadToEndAsync(merger, cancellationToken);
        if (relay.End != RelayEnd.Complete)
        {
            return attempt.Failed(relay);
        }

        var body = attempt.Answer.Held = new BodyBuffer(4096);
        merger.WriteTo(body);
        attempt.Answer.Bytes = body.Written;
        attempt.Request.Usage = merger.Usage;
        attempt.Answer.EngineContent = response.Content;
        (attempt.Answer.Decoded, attempt.Answer.ContentType) = (true, "application/json");
        attempt.Commit(whole: true);
        return null;
    }
}
