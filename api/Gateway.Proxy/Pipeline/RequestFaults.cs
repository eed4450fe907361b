using Gateway.Core.Errors;
using Gateway.Proxy.Responses;

namespace Gateway.Proxy.Pipeline;

/// <summary>Answers a request on whose way something was thrown, and writes a defect of the gateway into the log with its stack.</summary>
public sealed partial class RequestFaults(CurrentSnapshot snapshots, ILogger<RequestFaults> logger)
{
    /// <summary>Answers a request to the API, and notes how it ended.</summary>
    public async Task AnswerAsync(HttpContext context, GatewayFeature feature, Exception thrown)
    {
        if (RequestFault.IsClientGone(context, thrown))
        {
            feature.Outcome = Outcome.Canceled;
            return;
        }

        var error = Explain(context, thrown, feature.RequestId, feature.Endpoint?.Route, feature.Snapshot.Settings.MaxBodyBytes);
        feature.Outcome = context.Response.HasStarted || feature.AnswerBegan ? Outcome.Interrupted : Outcome.GatewayError;
        feature.Error = error.Code;
        try
        {
            // Of an answer whose beginning was comments, the stream itself has written the error.
            if (feature.Run?.Defect != thrown)
            {
                await SendAsync(context, error, feature.RequestId, feature.AnthropicErrors, feature.Streamed ? InBandError.Event(feature.Endpoint!.Stream, error) : null);
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            feature.Outcome = Outcome.Canceled;
        }
    }

    /// <summary>Answers a request to anything else.</summary>
    public async Task AnswerAsync(HttpContext context, Exception thrown)
    {
        if (RequestFault.IsClientGone(context, thrown))
        {
            return;
        }

        var id = context.Response.Headers[RequestIds.Header] is [{ Length: > 0 } given] ? given : RequestIds.Of(context.Request);
        var error = Explain(context, thrown, id, context.Request.Path.Value, snapshots.Value?.Settings.MaxBodyBytes ?? 0);
        try
        {
            await SendAsync(context, error, id, anthropic: false, lastEvent: null);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // The caller has left.
        }
    }

    private GatewayError Explain(HttpContext context, Exception thrown, string id, string? path, long limit)
    {
        var error = RequestFault.Explain(thrown, limit);
        if (error == GatewayError.Internal)
        {
            Log.Defect(logger, thrown, context.Request.Method, path is { Length: > 200 } ? path[..200] : path ?? "-", id);
        }
        else if (thrown is OutOfMemoryException)
        {
            Log.NoMemory(logger, id);
        }

        return error;
    }

    private static async Task SendAsync(HttpContext context, GatewayError error, string id, bool anthropic, byte[]? lastEvent)
    {
        if (!context.Response.HasStarted)
        {
            // What an answer had begun to say of itself is not true of this one.
            var kept = context.Response.Headers.Where(header => IsKept(header.Key)).ToList();
            context.Response.Headers.Clear();
            kept.ForEach(context.Response.Headers.Add);
            context.Response.Headers[RequestIds.Header] = id;
            await ErrorWriter.WriteAsync(context, error, anthropic);
            return;
        }

        if (lastEvent is not null)
        {
            // A blank line first: what came before may have been cut within an event.
            await context.Response.Body.WriteAsync("\n\n"u8.ToArray(), context.RequestAborted);
            await context.Response.Body.WriteAsync(lastEvent, context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
            return;
        }

        context.Abort();
    }

    private static bool IsKept(string header) =>
        header.StartsWith("x-gateway-", StringComparison.OrdinalIgnoreCase)
        || header.StartsWith("x-ratelimit-", StringComparison.OrdinalIgnoreCase)
        || header.StartsWith("Access-Control-", StringComparison.OrdinalIgnoreCase)
        || header.Equals("Connection", StringComparison.OrdinalIgnoreCase)
        || header.Equals("Vary", StringComparison.OrdinalIgnoreCase);

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "{Method} {Path} failed because of a defect in the gateway. id={RequestId}")]
        public static partial void Defect(ILogger logger, Exception thrown, string method, string path, string requestId);

        [LoggerMessage(2, LogLevel.Error, "No memory is left for a request: lower GATEWAY_BODY_MEMORY_MB, or give the gateway more memory. id={RequestId}")]
        public static partial void NoMemory(ILogger logger, string requestId);
    }
}
