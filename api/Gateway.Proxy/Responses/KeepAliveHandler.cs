using System.Net;
using Gateway.Core.Errors;
using Gateway.Proxy.Failover;
using Gateway.Proxy.Requests;

namespace Gateway.Proxy.Responses;

/// <summary>Sends comments to a caller of a stream that waits in the queue, for an engine to load or for a whole answer.</summary>
/// <remarks>Proxies between close idle connections.</remarks>
internal sealed class KeepAliveHandler(TimeProvider clock, HttpMessageHandler inner) : DelegatingHandler(inner)
{
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var attempts = RequestAttempts.Of(request);
        var answer = base.SendAsync(request, cancellationToken);
        return answer.IsCompleted || attempts.Waits is null ? answer : WatchAsync(attempts, answer);
    }

    private async Task<HttpResponseMessage> WatchAsync(RequestAttempts attempts, Task<HttpResponseMessage> answer)
    {
        await Task.WhenAny(answer, attempts.Waits!);
        var interval = attempts.Feature.Snapshot.Settings.HoldInterval;
        while (!answer.IsCompleted)
        {
            await ((Task)answer).WaitAsync(interval, clock).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!answer.IsCompleted && attempts.Comment is { } comment)
            {
                attempts.Feature.AnswerBegan = true;
                attempts.GoOn(answer);
                return new CommentedResponse(attempts, answer, comment, interval, clock);
            }
        }

        return await answer;
    }
}

/// <summary>Comments until the engine's answer begins, then that answer.</summary>
/// <remarks>From the first comment on the status is 200, and an error is an event.</remarks>
internal sealed class CommentedResponse : HttpResponseMessage
{
    public CommentedResponse(RequestAttempts attempts, Task<HttpResponseMessage> answer, byte[] comment, TimeSpan interval, TimeProvider clock)
        : base(HttpStatusCode.OK) => Content = new StreamContent(new CommentedStream(attempts, answer, comment, interval, clock));

    /// <summary>Gives the client's answer its headers: those of the engine's answer are not known yet.</summary>
    public static void Begin(HttpResponse response)
    {
        response.ContentType = AnswerMedia.EventStream;
        response.Headers.CacheControl = "no-cache";
        response.Headers["X-Accel-Buffering"] = "no";
    }

    private sealed class CommentedStream(RequestAttempts attempts, Task<HttpResponseMessage> answer, byte[] comment, TimeSpan interval, TimeProvider clock) : ReadOnlyStream
    {
        private ReadOnlyMemory<byte> _pending = comment;
        private Stream? _answer;
        private bool _ended;

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            while (_pending.IsEmpty)
            {
                if (_ended || _answer is not null)
                {
                    return _ended ? 0 : await _answer!.ReadAsync(buffer, cancellationToken);
                }

                await ((Task)answer).WaitAsync(interval, clock, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                cancellationToken.ThrowIfCancellationRequested();
                if (answer.IsCompleted)
                {
                    await OpenAsync();
                }
                else if (attempts.Comment is { } next)
                {
                    _pending = next;
                }
            }

            var count = Math.Min(buffer.Length, _pending.Length);
            _pending[..count].CopyTo(buffer);
            _pending = _pending[count..];
            return count;
        }

        protected override void Dispose(bool disposing)
        {
            _answer?.Dispose();
            base.Dispose(disposing);
        }

        private async ValueTask OpenAsync()
        {
            try
            {
                var response = await answer;
                if (response is not FailureResponse && attempts.Attempt?.Answer.Relay is not null && attempts.Attempt.Answer.Buffered is null)
                {
                    _answer = await response.Content.ReadAsStreamAsync();
                    return;
                }

                End(response is FailureResponse failure ? failure.Result : AttemptResult.Of(NoStream(attempts.Attempt!), FailureKind.Final));
            }
            catch (Exception e) when (!attempts.Context.RequestAborted.IsCancellationRequested)
            {
                attempts.Defect = e;
                End(AttemptResult.Of(GatewayError.Internal, FailureKind.Final));
            }
        }

        private void End(AttemptResult result)
        {
            _pending = AnswerWriter.FailureEvent(attempts.Feature, result);
            _ended = true;
        }
    }

    /// <summary>The error for an answer in one piece to a caller who has had comments.</summary>
    public static GatewayError NoStream(Attempt attempt) =>
        GatewayError.Upstream($"{attempt.Profile.DisplayName} did not answer with a stream.");
}
