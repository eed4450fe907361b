using Gateway.Proxy.Forwarding;
using Gateway.Proxy.Pipeline;
using Microsoft.AspNetCore.Http.Features;

namespace Gateway.Proxy.Routing;

/// <summary>
/// Keeps the connection of a streaming caller alive while there is nothing to send: a comment now and then, so that nothing in
/// between takes it for dead. From the first comment on the status is 200, and every error is told in band.
/// </summary>
/// <param name="interval">The pause before each comment, the first included.</param>
/// <param name="clock">Measures it.</param>
public sealed class CallerHold(TimeSpan interval, TimeProvider clock)
{
    /// <summary>Waits for a result, and comments on it.</summary>
    /// <param name="context">The caller's request, which asks for a stream.</param>
    /// <param name="feature">Its facts.</param>
    /// <param name="waiting">What is waited for; it ends when the caller leaves.</param>
    /// <param name="comment">A whole comment with its blank line.</param>
    public async ValueTask<T> WaitAsync<T>(HttpContext context, GatewayFeature feature, ValueTask<T> waiting, ReadOnlyMemory<byte> comment)
    {
        var result = waiting.AsTask();
        while (true)
        {
            await ((Task)result).WaitAsync(interval, clock).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (result.IsCompleted)
            {
                return await result;
            }

            await CommentAsync(context, feature, comment);
        }
    }

    /// <summary>The first event of the answer follows: nothing is tried again any more.</summary>
    public static void Commit(HttpContext context)
    {
        if (context.Features.Get<IHttpResponseFeature>() is HeldResponse held)
        {
            held.HasStarted = true;
        }
    }

    /// <summary>Ends a held response with an error event, which no client takes for the end of a whole answer.</summary>
    public static async Task EndAsync(HttpContext context, byte[] errorEvent)
    {
        await context.Response.Body.WriteAsync(errorEvent, context.RequestAborted);
        await context.Response.Body.FlushAsync(context.RequestAborted);
    }

    private static async Task CommentAsync(HttpContext context, GatewayFeature feature, ReadOnlyMemory<byte> comment)
    {
        try
        {
            if (!feature.AnswerBegan)
            {
                await BeginAsync(context);
                feature.AnswerBegan = true;
            }

            await context.Response.Body.WriteAsync(comment, context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // The caller has left, which ends what is waited for.
        }
    }

    private static Task BeginAsync(HttpContext context)
    {
        var response = context.Response;
        response.StatusCode = StatusCodes.Status200OK;
        response.ContentType = "text/event-stream";
        response.Headers.CacheControl = "no-cache";
        response.Headers["X-Accel-Buffering"] = "no";
        var starting = response.StartAsync(context.RequestAborted);
        context.Features.Set<IHttpResponseFeature>(new HeldResponse(context.Features.GetRequiredFeature<IHttpResponseFeature>()));
        return starting;
    }
}
