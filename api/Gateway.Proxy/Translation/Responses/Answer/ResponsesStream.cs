using System.Buffers;

namespace Gateway.Proxy.Translation;

/// <summary>Turns what an engine says, in pieces or in one, into one answer: the same code for both, so that they agree.</summary>
internal sealed class ResponsesStream(ResponsesFrame frame, ResponsesEvents events)
{
    private readonly ResponsesObject _response = new(frame);
    private ResponsesQueue? _queue;
    private ResponsesEnd _end;
    private bool _begun;
    private bool _ended;

    private ResponsesQueue Queue => _queue ??= new(frame, events, _response);

    /// <summary>Takes one chunk of a stream.</summary>
    public void Take(ReadOnlySpan<byte> data, IBufferWriter<byte> output)
    {
        if (_ended || !ResponsesChunk.TryRead(data, out var chunk))
        {
            return;
        }

        events.Output = output;
        _response.Name(chunk.Model);
        Begin();
        if (!TakeChunk(chunk, false))
        {
            Fail(502, "", FormattableString.Invariant($"The engine called more than {ResponsesCalls.Most} tools in one answer."), output);
        }
    }

    /// <summary>Takes an answer in one piece.</summary>
    /// <returns>False if it is none.</returns>
    public bool TakeWhole(ReadOnlySpan<byte> completion)
    {
        if (!ResponsesChunk.TryRead(completion, out var chunk) || !chunk.HasChoice || chunk.Finish.IsEmpty)
        {
            return false;
        }

        _response.Name(chunk.Model);
        return TakeChunk(chunk, true);
    }

    /// <summary>Writes the answer in one piece.</summary>
    public bool TryWrite(IBufferWriter<byte> output)
    {
        Queue.CloseAll(_end);
        _response.Write(new(output), _end.IsCut() ? "incomplete"u8 : "completed"u8, _end.Reason(), []);
        return true;
    }

    /// <summary>Ends a stream. Without a reason to have ended it is not whole, whatever came with it.</summary>
    public void End(IBufferWriter<byte> output)
    {
        if (_end == ResponsesEnd.None)
        {
            Fail(502, "", "The engine ended the stream before the answer was complete.", output);
        }
        else if (!_ended)
        {
            events.Output = output;
            Queue.CloseAll(_end);
            _ended = true;
            if (_end.IsCut())
            {
                events.Response("response.incomplete"u8, _response, "incomplete"u8, _end.Reason(), []);
            }
            else
            {
                events.Response("response.completed"u8, _response, "completed"u8, [], []);
            }
        }
    }

    public void Fail(int status, string code, string message, IBufferWriter<byte> output)
    {
        if (_ended)
        {
            return;
        }

        events.Output = output;
        Begin();
        _ended = true;
        events.Response("response.failed"u8, _response, "failed"u8, [], ResponsesFailure.Of(status, code, message));
    }

    private void Begin()
    {
        if (!_begun)
        {
            _begun = true;
            events.Response("response.created"u8, _response, "in_progress"u8, [], []);
            events.Response("response.in_progress"u8, _response, "in_progress"u8, [], []);
        }
    }

    // A chunk may hold all of it: a model thinks, then it speaks, then it calls.
    private bool TakeChunk(in ResponsesChunk chunk, bool whole)
    {
        _response.Usage.Take(new(chunk.Usage));
        Queue.Say(ResponsesOutputKind.Reasoning, chunk.Reasoning, []);
        Queue.Say(ResponsesOutputKind.Text, chunk.Text, chunk.Logprobs.Length > 2 ? chunk.Logprobs[1..^1] : []);
        var parts = new ResponsesValue(chunk.Parts).Fields;
        while (parts.Next())
        {
            Queue.Say(ResponsesOutputKind.Text, ResponsesFields.Find(parts.Value, "text"u8).Inner, []);
        }

        Queue.Say(ResponsesOutputKind.Refusal, chunk.Refusal, []);
        _end = chunk.Finish.IsEmpty ? _end : ResponsesEnds.Of(chunk.Finish);
        return Queue.Call(chunk.Calls, whole);
    }
}
