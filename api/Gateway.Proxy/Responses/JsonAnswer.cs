using Gateway.Core.Errors;
using Gateway.Proxy.Failover;
using Gateway.Proxy.Requests;

namespace Gateway.Proxy.Responses;

/// <summary>A JSON answer that is not a stream: held whole, judged, mended where the profile says so, and sent in one piece.</summary>
internal static class JsonAnswer
{
    private const int ReadSize = 8 * 1024;

    /// <summary>Reads and judges the body, and writes it when it is sound.</summary>
    /// <returns>True when the body is larger than <paramref name="held"/> and the forwarder shall copy it.</returns>
    public static async ValueTask<bool> ReadAsync(Attempt attempt, HttpContext context, HttpResponseMessage response, int held, CancellationToken cancellationToken)
    {
        var decoded = ContentDecoder.IsNeeded(response.Content);
        var source = ContentDecoder.Decode(response.Content);
        var size = decoded ? ReadSize : (int)Math.Clamp(response.Content.Headers.ContentLength + 1 ?? ReadSize, 256, 1024 * 1024);
        using var body = new BodyBuffer(size);
        while (body.Length < held)
        {
            var read = await source.ReadAsync(body.GetMemory(), cancellationToken);
            if (read == 0)
            {
                await FinishAsync(attempt, context, response, body, decoded);
                return false;
            }

            body.Advance(read);
            attempt.Received();
        }

        return PassLarge(attempt, context, response, body, source);
    }

    private static async ValueTask FinishAsync(Attempt attempt, HttpContext context, HttpResponseMessage response, BodyBuffer body, bool decoded)
    {
        if (body.Length == 0 && attempt.EngineStatus is 204 or 205)
        {
            Copy(attempt, context, response, decoded);
            return;
        }

        if (body.Length >= LargeBody.Bytes)
        {
            await Task.Yield();
        }

        var inspector = AnswerJudge.Inspector(attempt, streamed: false);
        var json = WithoutMark(body.Written);
        if (!IsSound(attempt, inspector.Inspect(default, json.Span), inspector, json.Span))
        {
            return;
        }

        attempt.Request.Usage = CountedUsage.Of(attempt, inspector.Usage);
        Copy(attempt, context, response, decoded);
        await WriteAsync(context, json, inspector.Splices);
    }

    private static bool IsSound(Attempt attempt, PieceKind kind, AnswerInspector inspector, ReadOnlySpan<byte> json)
    {
        switch (kind)
        {
            case PieceKind.Sound:
                return true;
            case PieceKind.Error:
                attempt.EngineError = attempt.Translate(attempt.EngineStatus, inspector.Failure ?? json);
                return false;
            case PieceKind.Aborted:
                attempt.Failure = GatewayError.Upstream($"{attempt.Profile.DisplayName} stopped the answer before it was complete.");
                return false;
            // A page and an empty body come from something in between, or before any work was done: that is worth another attempt.
            case PieceKind.Invalid when json.IsEmpty:
                attempt.Failure = NoJson(attempt);
                return false;
            case PieceKind.Invalid when AnswerJudge.LooksLikePage(json):
                attempt.Failure = GatewayError.Upstream($"{attempt.Profile.DisplayName} answered with a web page instead of JSON. Check BACKEND_BASE_URL.");
                return false;
            case PieceKind.Invalid:
            case PieceKind.Hidden:
            default:
                attempt.Unreadable(NoJson(attempt));
                return false;
        }
    }

    private static GatewayError NoJson(Attempt attempt) => GatewayError.Upstream($"{attempt.Profile.DisplayName} answered with something that is not valid JSON.");

    private static ReadOnlyMemory<byte> WithoutMark(ReadOnlyMemory<byte> body) =>
        body.Span.StartsWith(SseFrame.ByteOrderMark) ? body[SseFrame.ByteOrderMark.Length..] : body;

    private static async ValueTask WriteAsync(HttpContext context, ReadOnlyMemory<byte> body, List<Splice> splices)
    {
        if (splices.Count == 0)
        {
            context.Response.ContentLength = body.Length;
            await context.Response.Body.WriteAsync(body, context.RequestAborted);
            return;
        }

        using var mended = new BodyBuffer(body.Length + 256);
        Splice.Write(body.Span, splices, mended);
        context.Response.ContentLength = mended.Length;
        await context.Response.Body.WriteAsync(mended.Written, context.RequestAborted);
    }

    private static void Copy(Attempt attempt, HttpContext context, HttpResponseMessage response, bool decoded, bool whole = true)
    {
        attempt.Plan.Upstream.Headers.CopyResponse(response, context.Response, decoded);
        attempt.Commit(whole);
    }

    private static bool PassLarge(Attempt attempt, HttpContext context, HttpResponseMessage response, BodyBuffer body, Stream source)
    {
        if (WithoutMark(body.Written).Span.TrimStart(" \t\r\n"u8) is not [(byte)'{' or (byte)'[', ..])
        {
            attempt.Unreadable(GatewayError.Upstream($"{attempt.Profile.DisplayName} answered with something that is not JSON."));
            return false;
        }

        Copy(attempt, context, response, ContentDecoder.IsNeeded(response.Content), whole: false);
        response.Content = new StreamContent(new GuardedStream(body.Written.ToArray(), source, attempt));
        return true;
    }
}
