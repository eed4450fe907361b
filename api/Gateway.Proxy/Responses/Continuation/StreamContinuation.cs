using System.Net;
using System.Text;
using Gateway.Core.Errors;
using Gateway.Proxy.Backends;
using Gateway.Proxy.Failover;
using Gateway.Proxy.Requests;
using Gateway.Proxy.Routing;

namespace Gateway.Proxy.Responses;

/// <summary>Finds an engine that can continue a broken stream, and starts the continuation.</summary>
internal sealed class StreamContinuation(RequestAttempts attempts, Attempt first, StreamedText text) : IDisposable
{
    private Attempt? _latest;

    /// <summary>Finds the next part of a stream.</summary>
    /// <param name="broken">The part that broke off.</param>
    /// <returns>The next part, and a comment that announces it; or the error event that ends the stream.</returns>
    public async ValueTask<(SseRelay? Next, byte[] Words)> AfterAsync(SseRelay broken)
    {
        var said = text.Pieces;
        var ended = (_latest ?? first).CutShort() == GatewayError.ShuttingDown || attempts.Context.RequestAborted.IsCancellationRequested;
        if (!ended && text.CanGoOn && await attempts.ContinueAsync() && await BeginAsync(attempts.Lease.Plan, attempts.Next!) is { } next)
        {
            first.Answer.Relay = next;
            return (next, Encoding.UTF8.GetBytes(FormattableString.Invariant($": gateway resumed after {said} pieces of text on {attempts.Next!.Name}\n\n")));
        }

        return (null, InBandError.Event(first.Endpoint.Stream, broken.Fault!));
    }

    public void Dispose() => _latest?.Dispose();

    private async ValueTask<SseRelay?> BeginAsync(OutgoingRequest plan, Replica replica)
    {
        if (plan.Body is not { } body || ContinuationBody.Write(body, plan.Upstream.Backend.Profile.Requests.Continuation!, text) is not { } wanted)
        {
            return null;
        }

        _latest?.Dispose();
        _latest = first.Continue(plan, replica);
        try
        {
            using var canceled = CancellationTokenSource.CreateLinkedTokenSource(_latest.Canceled, attempts.Context.RequestAborted);
            if (await AskAsync(_latest, wanted, canceled.Token) is not { } relay)
            {
                return null;
            }

            _latest.Commit();
            return relay;
        }
        catch (Exception e) when (e is HttpRequestException or IOException or InvalidDataException or OperationCanceledException)
        {
            replica.ReportSuspect();
            return null;
        }
    }

    private async ValueTask<SseRelay?> AskAsync(Attempt attempt, byte[] body, CancellationToken cancellationToken)
    {
        var plan = attempt.Plan;
        using var request = new HttpRequestMessage(HttpMethod.Post, attempt.Replica.Address.Join(plan.Path, plan.Query))
        {
            Version = HttpVersion.Version11,
            Content = new ByteArrayContent(body),
        };
        plan.Upstream.Headers.CopyRequest(attempts.Context.Request, request, request.Content, plan.Feature);
        request.Content.Headers.ContentLength = body.Length;
        attempt.Sent();
        var response = await plan.Upstream.Backend.Client.SendAsync(request, cancellationToken);
        attempt.HeadersCame(streamed: true);
        if (response.StatusCode != HttpStatusCode.OK || AnswerMedia.TypeOf(response.Content) != AnswerMedia.EventStream)
        {
            response.Dispose();
            return null;
        }

        SseRelay? relay = null;
        var sound = false;
        try
        {
            relay = Relay(attempt, response);
            await relay.ReadFirstAsync(AnswerInspection.MaxBufferedBody, cancellationToken);
            sound = relay.End is RelayEnd.None or RelayEnd.Complete;
            return sound ? relay : null;
        }
        finally
        {
            if (!sound)
            {
                // Whatever failed, the connection to the engine is closed.
                relay?.Dispose();
                response.Dispose();
            }
        }
    }

    private SseRelay Relay(Attempt attempt, HttpResponseMessage response)
    {
        var plan = attempt.Plan;
        var inspector = new ContinuingInspector(
            new ChoicesInspector(attempt.Profile.Responses, plan.HidesUsage, plan.Feature.RequestId), text.Id, text.Pieces, plan.HidesUsage);
        return new SseRelay(ContentDecoder.Decode(response.Content), inspector, attempt.Endpoint.Stream, attempt) { Text = text };
    }
}

/// <summary>The parts of one stream, from one engine after another, as the one stream that the client has.</summary>
internal sealed class ContinuedStream(SseRelay first, StreamContinuation continuation) : ReadOnlyStream
{
    private SseRelay _current = first;
    private ReadOnlyMemory<byte> _words;
    private bool _ended;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (true)
        {
            if (!_words.IsEmpty)
            {
                var count = Math.Min(buffer.Length, _words.Length);
                _words[..count].CopyTo(buffer);
                _words = _words[count..];
                return count;
            }

            var read = await _current.ReadAsync(buffer, cancellationToken);
            if (read > 0 || buffer.IsEmpty || _ended || _current.End != RelayEnd.Interrupted)
            {
                return read;
            }

            var (next, words) = await continuation.AfterAsync(_current);
            _words = words;
            _ended = next is null;
            if (next is not null)
            {
                await _current.DisposeAsync();
                _current = next;
            }
        }
    }

    protected override void Dispose(bool disposing)
    {
        _current.Dispose();
        continuation.Dispose();
        base.Dispose(disposing);
    }
}
