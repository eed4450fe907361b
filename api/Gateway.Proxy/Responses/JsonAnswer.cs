using Gateway.Core.Errors;
using Gateway.Proxy.Failover;
using Gateway.Proxy.Requests;

namespace Gateway.Proxy.Responses;

/// <summary>A JSON answer that is not a stream: buffered, checked, edited where the profile requires it, and sent in one piece.</summary>
internal static class JsonAnswer
{
    private const int ReadSize = 8 * 1024;

    /// <summary>Reads and inspects the body, and keeps it on the attempt when it is sound.</summary>
    /// <returns>Null for a valid answer. One larger than <paramref name="limit"/> bytes is checked by its beginning only, and
    /// passes.</returns>
    public static async ValueTask<AttemptResult?> ReadAsync(Attempt attempt, HttpResponseMessage response, int limit, CancellationToken cancellationToken)
    {
        attempt.Answer.Decoded = ContentDecoder.IsNeeded(response.Content);
        var source = ContentDecoder.Decode(response.Content);
        var size = attempt.Answer.Decoded ? ReadSize : (int)Math.Clamp(response.Content.Headers.ContentLength + 1 ?? ReadSize, 256, 1024 * 1024);
        // The attempt owns it: a sound body is written when the client's headers are.
        var body = attempt.Answer.Buffered = new BodyBuffer(size);
        while (body.Length < limit)
        {
            var read = await source.ReadAsync(body.GetMemory(), cancellationToken);
            if (read == 0)
            {
                return await FinishAsync(attempt, body);
            }

            body.Advance(read);
            attempt.Received();
        }

        return PassLarge(attempt, response, body, source);
    }

    private static async ValueTask<AttemptResult?> FinishAsync(Attempt attempt, BodyBuffer body)
    {
        if (body.Length == 0 && attempt.Answer.EngineStatus is 204 or 205)
        {
            attempt.Answer.Drop();
            attempt.Commit(whole: true);
            return null;
        }

        if (body.Length >= LargeBody.Bytes)
        {
            await Task.Yield();
        }

        var inspector = AnswerInspection.Inspector(attempt, streamed: false);
        var json = WithoutMark(body.Written);
        if (Failure(attempt, inspector.Inspect(default, json.Span), inspector, json.Span) is { } failure)
        {
            return failure;
        }

        attempt.Request.Usage = CountedUsage.Of(attempt, inspector.Usage);
        attempt.Answer.Bytes = json;
        if (inspector.Splices.Count > 0)
        {
            Splice(attempt, json, inspector.Splices);
        }

        if (!Translate(attempt))
        {
            return attempt.Unreadable(NoJson(attempt));
        }

        attempt.Commit(whole: true);
        return null;
    }

    /// <summary>Turns the answer that the attempt holds into one of the API that was called.</summary>
    /// <returns>False: it is no answer that could be.</returns>
    public static bool Translate(Attempt attempt)
    {
        if (attempt.Plan.Translation is not { } translation)
        {
            return true;
        }

        var translated = new BodyBuffer(attempt.Answer.Bytes.Length + 512);
        var sound = translation.TryWriteAnswer(attempt.Answer.Bytes.Span, translated);
        attempt.Answer.Buffered!.Dispose();
        (attempt.Answer.Buffered, attempt.Answer.Bytes, attempt.Answer.ContentType) = (translated, translated.Written, "application/json");
        return sound;
    }

    private static void Splice(Attempt attempt, ReadOnlyMemory<byte> json, List<Splice> splices)
    {
        var edited = new BodyBuffer(json.Length + 256);
        Gateway.Proxy.Responses.Splice.Write(json.Span, splices, edited);
        attempt.Answer.Buffered!.Dispose();
        (attempt.Answer.Buffered, attempt.Answer.Bytes) = (edited, edited.Written);
    }

    private static AttemptResult? Failure(Attempt attempt, PieceKind kind, AnswerInspector inspector, ReadOnlySpan<byte> json)
    {
        var engine = attempt.Profile.DisplayName;
        switch (kind)
        {
            case PieceKind.Sound:
                return null;
            case PieceKind.Error:
                return AttemptResult.Of(attempt.Translate(attempt.Answer.EngineStatus, inspector.Failure ?? json));
            case PieceKind.Aborted:
                return attempt.Failed(GatewayError.Upstream($"{engine} stopped the answer before it was complete."));
            // A page and an empty body come from something in between, or before any work was done: that is worth another attempt.
            case PieceKind.Invalid when json.IsEmpty:
                return attempt.Failed(NoJson(attempt));
            case PieceKind.Invalid when AnswerInspection.LooksLikePage(json):
                return attempt.Failed(GatewayError.Upstream($"{engine} answered with a web page instead of JSON. Check BACKEND_BASE_URL."));
            case PieceKind.Invalid:
            case PieceKind.Hidden:
            default:
                return attempt.Unreadable(NoJson(attempt));
        }
    }

    private static GatewayError NoJson(Attempt attempt) => GatewayError.Upstream($"{attempt.Profile.DisplayName} answered with something that is not valid JSON.");

    private static ReadOnlyMemory<byte> WithoutMark(ReadOnlyMemory<byte> body) =>
        body.Span.StartsWith(SseFrame.ByteOrderMark) ? body[SseFrame.ByteOrderMark.Length..] : body;

    private static AttemptResult? PassLarge(Attempt attempt, HttpResponseMessage response, BodyBuffer body, Stream source)
    {
        if (WithoutMark(body.Written).Span.TrimStart(" \t\r\n"u8) is not [(byte)'{' or (byte)'[', ..])
        {
            return attempt.Unreadable(GatewayError.Upstream($"{attempt.Profile.DisplayName} answered with something that is not JSON."));
        }

        var first = body.Written.ToArray();
        attempt.Answer.Drop();
        attempt.Commit();
        attempt.Answer.Pass(response, new DeadlineStream(first, source, attempt));
        return null;
    }
}
