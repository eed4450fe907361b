using Gateway.Core.Errors;
using Gateway.Engines;
using Gateway.Engines.Endpoints;
using Gateway.Proxy.Backends;
using Gateway.Proxy.Failover;
using Gateway.Proxy.Requests;

namespace Gateway.Proxy.Responses;

/// <summary>Inspects an engine's answer before anything is sent to the client.</summary>
/// <remarks>An error in any form becomes an error, an invalid body a 502; only a valid beginning is committed.</remarks>
internal static class AnswerInspection
{
    private static readonly byte[] Buffering = [.. ": waiting for the whole answer\n\n"u8];

    private const int MaxErrorBody = 1024 * 1024;

    /// <summary>Up to this size in bytes an answer is buffered and checked whole.</summary>
    /// <remarks>A larger one is checked by its beginning and passed on.</remarks>
    public const int MaxBufferedBody = 8 * 1024 * 1024;

    /// <summary>Inspects an answer. What a sound one consists of is noted on the attempt.</summary>
    /// <returns>Null for a sound beginning; else why the caller gets nothing of it.</returns>
    public static ValueTask<AttemptResult?> InspectAsync(RequestAttempts attempts, Attempt attempt, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var type = AnswerMedia.TypeOf(response.Content);
        attempt.HeadersCame(attempt.Plan.Streams == true || type == AnswerMedia.EventStream);
        var status = attempt.Answer.EngineStatus;
        if (status >= 400)
        {
            return ReadErrorAsync(attempt, response, cancellationToken);
        }

        if (status is < 200 or >= 300)
        {
            return ValueTask.FromResult<AttemptResult?>(attempt.Unreadable(
                GatewayError.Upstream(FormattableString.Invariant($"{attempt.Profile.DisplayName} answered {status}, a redirect, which is not followed. Check BACKEND_BASE_URL."))));
        }

        if (IsContent(attempt.Endpoint, attempts.Context.Request))
        {
            return PassAsync(attempt, response, content: true, cancellationToken);
        }

        return IsDoubtful(attempt, type)
            ? InspectDoubtfulAsync(attempts, attempt, response, type, cancellationToken)
            : InspectTypeAsync(attempts, attempt, response, type, cancellationToken);
    }

    private static bool IsContent(EndpointSpec endpoint, HttpRequest request) =>
        endpoint.HasContent && HttpMethods.IsGet(request.Method) && request.Path.Value!.EndsWith("/content", StringComparison.Ordinal);

    // A stream was asked for and the type says otherwise, or the other way round; or what should be sound calls itself JSON.
    private static bool IsDoubtful(Attempt attempt, string type) =>
        (attempt.Endpoint.Stream != StreamShape.None && attempt.Plan.Streams is { } asked && asked != (type == AnswerMedia.EventStream))
        || (attempt.Endpoint.Binary && IsJson(type));

    private static async ValueTask<AttemptResult?> InspectDoubtfulAsync(
        RequestAttempts attempts, Attempt attempt, HttpResponseMessage response, string type, CancellationToken cancellationToken)
    {
        var seen = await AnswerMedia.ReadTypeAsync(response, cancellationToken);
        if (attempt.Endpoint.Binary && seen.Length == 0)
        {
            return await PassAsync(attempt, response, content: true, cancellationToken);
        }

        // Events count where they were asked for, or where the type says so too.
        var events = seen == AnswerMedia.EventStream && (attempt.Plan.Streams == true || type == AnswerMedia.EventStream);
        var judged = events || seen == AnswerMedia.Json || type == AnswerMedia.EventStream ? seen : type;
        attempt.HeadersCame(events);
        return await InspectTypeAsync(attempts, attempt, response, judged, cancellationToken);
    }

    private static ValueTask<AttemptResult?> InspectTypeAsync(RequestAttempts attempts, Attempt attempt, HttpResponseMessage response, string type, CancellationToken cancellationToken)
    {
        if (type == AnswerMedia.EventStream)
        {
            return BeginStreamAsync(attempts, attempt, response, cancellationToken);
        }

        if (attempt.Request.AnswerBegan)
        {
            return ValueTask.FromResult<AttemptResult?>(attempt.Unreadable(CommentedResponse.NoStream(attempt)));
        }

        return ExpectsJson(attempt.Endpoint, type)
            ? JsonAnswer.ReadAsync(attempt, response, MaxBufferedBody, cancellationToken)
            : PassAsync(attempt, response, content: false, cancellationToken);
    }

    // Speech is audio, transcripts may be text, files may be anything; every other endpoint answers JSON, whatever its type says.
    private static bool ExpectsJson(EndpointSpec endpoint, string type) =>
        IsJson(type) || (endpoint.Model == ModelLocation.Json && !endpoint.Binary && endpoint.Id is not EndpointId.ImageGenerations);

    private static bool IsJson(string type) => type.EndsWith("json", StringComparison.Ordinal);

    /// <summary>Reads an answer whose status says that it is an error.</summary>
    public static async ValueTask<AttemptResult?> ReadErrorAsync(Attempt attempt, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        using var stream = ContentDecoder.Decode(response.Content);
        using var body = new BodyBuffer(1024);
        await BoundedBody.FillAsync(body, stream, MaxErrorBody, cancellationToken);
        var error = attempt.Translate(attempt.Answer.EngineStatus, body.Written.Span);
        return AttemptResult.Of(error with { RetryAfterSeconds = attempt.RetryAfter(response) });
    }

    private static async ValueTask<AttemptResult?> BeginStreamAsync(RequestAttempts attempts, Attempt attempt, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        attempt.Answer.Decoded = ContentDecoder.IsNeeded(response.Content);
        var relay = new SseRelay(ContentDecoder.Decode(response.Content), Inspector(attempt, streamed: true), attempt.Endpoint.Stream, attempt)
        {
            Text = attempt.Plan.Continues ? new StreamedText() : null,
            // Put together from the engine's own events first, where the caller asked for no stream.
            Translation = attempt.Plan.Collects ? null : attempt.Plan.Translation,
        };
        await ReadBeginningAsync(attempts, attempt, relay, cancellationToken);
        if (attempt.Plan.Collects && relay.End is RelayEnd.None or RelayEnd.Complete)
        {
            using var owned = relay;
            return await CollectedAnswer.ReadAsync(attempt, response, relay, cancellationToken);
        }

        if (relay.End is RelayEnd.EngineError or RelayEnd.Interrupted)
        {
            var failure = attempt.Failed(relay);
            await relay.DisposeAsync();
            return failure;
        }

        attempt.Request.Streamed = true;
        attempt.Answer.Relay = relay;
        attempt.Commit();
        attempt.Answer.Pass(response, attempt.Plan.Continues ? new ContinuedStream(relay, new StreamContinuation(attempts, attempt, relay.Text!)) : relay);
        return null;
    }

    private static async ValueTask ReadBeginningAsync(RequestAttempts attempts, Attempt attempt, SseRelay relay, CancellationToken cancellationToken)
    {
        if (attempt.Plan.Buffers)
        {
            await attempts.WaitAsync(relay.ReadWholeAsync(MaxBufferedBody, cancellationToken), Buffering);
        }
        else
        {
            await relay.ReadFirstAsync(MaxBufferedBody, cancellationToken);
        }
    }

    // Nothing was committed: what would have been an interruption is an answer that never came.
    public static GatewayError AsUpstream(GatewayError fault) =>
        fault.Code == "stream_interrupted" ? GatewayError.Upstream(fault.Message) : fault;

    public static AnswerInspector Inspector(Attempt attempt, bool streamed) => attempt.Endpoint.Stream == StreamShape.Choices
        ? new ChoicesInspector(DialectOf(attempt, streamed), streamed && attempt.Plan.HidesUsage, attempt.Request.RequestId)
        : new TypedInspector(attempt.Endpoint.Stream, attempt.Profile.Responses, attempt.Plan.Upstream.Backend.Secret);

    // A whole answer has a status for its errors: text in it is the model's, whatever it begins with.
    private static ResponseDialect DialectOf(Attempt attempt, bool streamed) =>
        streamed || attempt.Profile.Responses.ErrorText is null ? attempt.Profile.Responses : attempt.Profile.Responses with { ErrorText = null };

    private static async ValueTask<AttemptResult?> PassAsync(Attempt attempt, HttpResponseMessage response, bool content, CancellationToken cancellationToken)
    {
        var source = await response.Content.ReadAsStreamAsync(cancellationToken);
        var first = new byte[1024];
        var read = await source.ReadAsync(first, cancellationToken);
        var bytes = first.AsMemory(0, read);
        if (!content && LooksLikePage(bytes.Span))
        {
            return attempt.Unreadable(GatewayError.Upstream($"{attempt.Profile.DisplayName} answered with a web page instead of data. Check BACKEND_BASE_URL."));
        }

        attempt.Answer.Length = response.Content.Headers.ContentLength;
        attempt.Commit();
        attempt.Answer.Pass(response, new DeadlineStream(bytes, source, attempt));
        return null;
    }

    public static bool LooksLikePage(ReadOnlySpan<byte> body)
    {
        Span<byte> start = stackalloc byte[16];
        body = body.TrimStart(" \t\r\n"u8);
        var letters = start[..Math.Min(start.Length, body.Length)];
        System.Text.Ascii.ToLower(body[..letters.Length], letters, out _);
        return letters.StartsWith("<!doctype html"u8) || letters.StartsWith("<html"u8);
    }
}
