using Gateway.Core.Errors;
using Gateway.Engines;
using Gateway.Engines.Endpoints;
using Gateway.Proxy.Failover;
using Gateway.Proxy.Requests;
using Gateway.Proxy.Routing;
using Microsoft.AspNetCore.Http.Features;

namespace Gateway.Proxy.Responses;

/// <summary>
/// Looks at an engine's answer before the client is told anything: an error in any disguise becomes an error, a body that is
/// not what it should be becomes a 502, and only a sound beginning is committed.
/// </summary>
internal static class AnswerJudge
{
    private static readonly byte[] Buffering = [.. ": waiting for the whole answer\n\n"u8];

    private const int MaxErrorBody = 1024 * 1024;

    /// <summary>Up to this size an answer is held whole and judged whole; a larger one is judged by its beginning and passed on.</summary>
    public const int MaxHeldBody = 8 * 1024 * 1024;

    /// <summary>Judges an answer.</summary>
    /// <returns>True when the forwarder shall copy the body (which may have been replaced); false when all is said and done.</returns>
    public static async ValueTask<bool> JudgeAsync(Attempt attempt, HttpContext context, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        attempt.EngineStatus = (int)response.StatusCode;
        context.Features.GetRequiredFeature<IHttpResponseFeature>().ReasonPhrase = null;
        attempt.HeadersCame(attempt.Plan.Streams == true || AnswerMedia.TypeOf(response.Content) == AnswerMedia.EventStream);
        try
        {
            return await JudgeStatusAsync(attempt, context, response, cancellationToken);
        }
        catch (Exception e) when (e is IOException or HttpRequestException or InvalidDataException or OperationCanceledException && !context.RequestAborted.IsCancellationRequested)
        {
            attempt.Failure = attempt.FaultOf(e);
            return false;
        }
    }

    private static ValueTask<bool> JudgeStatusAsync(Attempt attempt, HttpContext context, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var status = attempt.EngineStatus;
        if (status >= 400)
        {
            return ReadErrorAsync(attempt, response, cancellationToken);
        }

        if (status is < 200 or >= 300)
        {
            attempt.Unreadable(GatewayError.Upstream(FormattableString.Invariant($"{attempt.Profile.DisplayName} answered {status}, a redirection, which is not followed. Check BACKEND_BASE_URL.")));
            return ValueTask.FromResult(false);
        }

        if (IsContent(attempt.Endpoint, context.Request))
        {
            return PassAsync(attempt, context, response, content: true, cancellationToken);
        }

        var type = AnswerMedia.TypeOf(response.Content);
        return IsDoubtful(attempt, type)
            ? JudgeDoubtfulAsync(attempt, context, response, type, cancellationToken)
            : JudgeTypeAsync(attempt, context, response, type, cancellationToken);
    }

    private static bool IsContent(EndpointSpec endpoint, HttpRequest request) =>
        endpoint.HasContent && HttpMethods.IsGet(request.Method) && request.Path.Value!.EndsWith("/content", StringComparison.Ordinal);

    // A stream was asked for and the type says otherwise, or the other way round; or what should be sound calls itself JSON.
    private static bool IsDoubtful(Attempt attempt, string type) =>
        (attempt.Endpoint.Stream != StreamShape.None && attempt.Plan.Streams is { } asked && asked != (type == AnswerMedia.EventStream))
        || (attempt.Endpoint.Binary && IsJson(type));

    private static async ValueTask<bool> JudgeDoubtfulAsync(Attempt attempt, HttpContext context, HttpResponseMessage response, string type, CancellationToken cancellationToken)
    {
        var seen = await AnswerMedia.ReadTypeAsync(response, cancellationToken);
        if (attempt.Endpoint.Binary && seen.Length == 0)
        {
            return await PassAsync(attempt, context, response, content: true, cancellationToken);
        }

        // Events count where they were asked for, or where the type says so too.
        var events = seen == AnswerMedia.EventStream && (attempt.Plan.Streams == true || type == AnswerMedia.EventStream);
        var judged = events || seen == AnswerMedia.Json || type == AnswerMedia.EventStream ? seen : type;
        attempt.HeadersCame(events);
        return await JudgeTypeAsync(attempt, context, response, judged, cancellationToken);
    }

    private static ValueTask<bool> JudgeTypeAsync(Attempt attempt, HttpContext context, HttpResponseMessage response, string type, CancellationToken cancellationToken)
    {
        if (type == AnswerMedia.EventStream)
        {
            return BeginStreamAsync(attempt, context, response, cancellationToken);
        }

        if (attempt.Request.AnswerBegan)
        {
            attempt.Unreadable(GatewayError.Upstream($"{attempt.Profile.DisplayName} was asked for a stream and answered with something else."));
            return ValueTask.FromResult(false);
        }

        return ExpectsJson(attempt.Endpoint, type)
            ? JsonAnswer.ReadAsync(attempt, context, response, MaxHeldBody, cancellationToken)
            : PassAsync(attempt, context, response, content: false, cancellationToken);
    }

    // Speech is audio, transcripts may be text, files may be anything; every other endpoint answers JSON, whatever its type says.
    private static bool ExpectsJson(EndpointSpec endpoint, string type) =>
        IsJson(type) || (endpoint.Model == ModelLocation.Json && !endpoint.Binary && endpoint.Id is not EndpointId.ImageGenerations);

    private static bool IsJson(string type) => type.EndsWith("json", StringComparison.Ordinal);

    /// <summary>Reads an answer whose status says that it is an error.</summary>
    /// <returns>False: there is nothing to copy.</returns>
    public static async ValueTask<bool> ReadErrorAsync(Attempt attempt, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        using var stream = ContentDecoder.Decode(response.Content);
        using var body = new BodyBuffer(1024);
        int read;
        while (body.Length < MaxErrorBody && (read = await stream.ReadAsync(body.GetMemory(1024), cancellationToken)) > 0)
        {
            body.Advance(read);
        }

        var error = attempt.Translate(attempt.EngineStatus, body.Written.Span);
        attempt.EngineError = error with { RetryAfterSeconds = attempt.RetryAfter(response) };
        return false;
    }

    private static async ValueTask<bool> BeginStreamAsync(Attempt attempt, HttpContext context, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var decoded = ContentDecoder.IsNeeded(response.Content);
        var source = ContentDecoder.Decode(response.Content);
        var relay = new SseRelay(source, Inspector(attempt, streamed: true), attempt.Endpoint.Stream, attempt)
        {
            Text = attempt.Plan.Continues is null ? null : new StreamedText(),
        };
        await ReadBeginningAsync(attempt, context, relay, cancellationToken);
        if (attempt.Plan.Collects && relay.End is RelayEnd.None or RelayEnd.Complete)
        {
            using var owned = relay;
            await CollectedAnswer.ReadAsync(attempt, context, response, relay, cancellationToken);
            return false;
        }

        if (relay.End is RelayEnd.EngineError or RelayEnd.Interrupted)
        {
            attempt.Fail(relay);
            await relay.DisposeAsync();
            return false;
        }

        attempt.Plan.Upstream.Headers.CopyResponse(response, context.Response, decoded);
        if (!AnswerMedia.IsCommon(context.Response.Headers.ContentType))
        {
            context.Response.ContentType = AnswerMedia.EventStream;
        }

        context.Response.Headers["X-Accel-Buffering"] = "no";
        context.Response.Headers.CacheControl = "no-cache";
        attempt.Request.Streamed = true;
        attempt.Relay = relay;
        if (attempt.Request.AnswerBegan)
        {
            CallerHold.Commit(context);
        }

        attempt.Commit();
        response.Content = new StreamContent(attempt.Plan.Continues is { } run ? new ContinuedStream(relay, new StreamContinuation(attempt, context, run, relay.Text!)) : relay);
        return true;
    }

    private static async ValueTask ReadBeginningAsync(Attempt attempt, HttpContext context, SseRelay relay, CancellationToken cancellationToken)
    {
        if (attempt.Plan.Buffer is { } hold)
        {
            await hold.WaitAsync(context, attempt.Request, relay.ReadWholeAsync(MaxHeldBody, cancellationToken), Buffering);
        }
        else
        {
            await relay.ReadFirstAsync(MaxHeldBody, cancellationToken);
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

    private static async ValueTask<bool> PassAsync(Attempt attempt, HttpContext context, HttpResponseMessage response, bool content, CancellationToken cancellationToken)
    {
        var source = await response.Content.ReadAsStreamAsync(cancellationToken);
        var first = new byte[1024];
        var read = await source.ReadAsync(first, cancellationToken);
        var bytes = first.AsMemory(0, read);
        if (!content && LooksLikePage(bytes.Span))
        {
            attempt.Unreadable(GatewayError.Upstream($"{attempt.Profile.DisplayName} answered with a web page instead of data. Check BACKEND_BASE_URL."));
            return false;
        }

        attempt.Plan.Upstream.Headers.CopyResponse(response, context.Response, decoded: false);
        if (response.Content.Headers.ContentLength is { } length)
        {
            context.Response.Headers.ContentLength = length;
        }

        attempt.Commit();
        response.Content = new StreamContent(new GuardedStream(bytes, source, attempt));
        return true;
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
