using Microsoft.AspNetCore.Http.Features;

namespace Gateway.Proxy.Pipeline;

/// <summary>Reads on after an answer that came before the end of the request's body, within limits of time and size.</summary>
/// <remarks>Many clients send the whole body before they read: closing the connection meanwhile resets it, and the answer is
/// lost.</remarks>
public static class RequestLinger
{
    private const long MaxBytes = 128L * 1024 * 1024;
    private static readonly TimeSpan MaxTime = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan MaxSilence = TimeSpan.FromSeconds(2);

    /// <summary>Sends the end of the answer, and throws away what comes of the body within bounds of time and size.</summary>
    public static Task DrainAsync(HttpContext context, TimeProvider clock, CancellationToken ending) =>
        context.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: true }
        && context.Features.Get<IHttpUpgradeFeature>() is not { IsUpgradableRequest: true }
        && !context.RequestAborted.IsCancellationRequested
            ? ReadAsync(context, clock, ending)
            : Task.CompletedTask;

    /// <summary>The caller waits for a word before it sends the body, and gets a refusal instead.</summary>
    /// <remarks>What it sends next may be the body or another request.</remarks>
    public static bool IsBodyUnasked(HttpRequest request) => request.Headers.Expect.Count > 0;

    private static async Task ReadAsync(HttpContext context, TimeProvider clock, CancellationToken ending)
    {
        try
        {
            await context.Response.CompleteAsync();
            using var longest = new CancellationTokenSource(MaxTime, clock);
            using var quiet = new CancellationTokenSource(MaxSilence, clock);
            using var any = CancellationTokenSource.CreateLinkedTokenSource(longest.Token, quiet.Token, ending);
            if (!await ReadAsync(context.Request.BodyReader, quiet, any.Token))
            {
                // The server would read on for seconds more, as fast as it comes.
                context.Abort();
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or InvalidOperationException)
        {
            // The answer has been sent. Whatever ends the reading ends the connection.
        }
    }

    private static async Task<bool> ReadAsync(System.IO.Pipelines.PipeReader body, CancellationTokenSource quiet, CancellationToken cancellationToken)
    {
        for (var seen = 0L; seen < MaxBytes;)
        {
            var read = await body.ReadAsync(cancellationToken);
            quiet.CancelAfter(MaxSilence);
            seen += read.Buffer.Length;
            body.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
            {
                return true;
            }
        }

        return false;
    }
}
