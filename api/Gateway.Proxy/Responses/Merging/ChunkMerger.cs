using System.Buffers;
using System.Text.Json;
using Gateway.Core.Errors;
using Gateway.Proxy.Failover;
using Gateway.Proxy.Requests;
using Gateway.Proxy.Telemetry;

namespace Gateway.Proxy.Responses;

/// <summary>Puts the chunks of a streamed completion together to the answer that the engine would have given in one piece.</summary>
/// <param name="sumsUsage">The engine counts the tokens of each choice for itself: those of all are added up.</param>
internal sealed class ChunkMerger(bool sumsUsage)
{
    private readonly MergedValue _answer = new();
    private readonly MergedUsage _usage = new(sumsUsage);

    /// <summary>What the engine said of tokens, of all choices.</summary>
    public TokenUsage Usage => _usage.Sum;

    /// <summary>Takes the data of one event, which is known to be a JSON object.</summary>
    public void Add(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = 512 });
        reader.Read();
        _answer.Take(ref reader, json, MergeRule.Chunk);
        _usage.Take(json);
    }

    public void WriteTo(IBufferWriter<byte> output)
    {
        if (_answer.Find("object"u8) is { } kind && kind.Raw.SequenceEqual("\"chat.completion.chunk\""u8))
        {
            kind.SetRaw("\"chat.completion\""u8);
        }

        foreach (var choice in _answer.FindOrAdd("choices"u8).Entries)
        {
            CompleteMessage(choice);
        }

        if (_usage.Sum.Known)
        {
            _answer.FindOrAdd("usage"u8).SetRaw(_usage.Json());
        }

        _answer.WriteTo(output);
    }

    // A message always has a role and a content, which a stream may have had no reason to send. Beside something else the content is null.
    private static void CompleteMessage(MergedValue choice)
    {
        if (choice.Find("message"u8) is not { } message)
        {
            return;
        }

        SetWhereEmpty(message.FindOrAdd("role"u8), "\"assistant\""u8);
        var content = message.FindOrAdd("content"u8);
        if (!message.Members.Any(static member => !member.Name.AsSpan().SequenceEqual("role"u8) && member.Value.IsFilled))
        {
            SetWhereEmpty(content, "\"\""u8);
        }
    }

    private static void SetWhereEmpty(MergedValue value, ReadOnlySpan<byte> json)
    {
        if (value.IsEmpty)
        {
            value.SetRaw(json);
        }
    }
}

/// <summary>Answers a plain request from a stream, which is read to its end before a byte goes to the client.</summary>
/// <remarks>So a failure anywhere in it is an ordinary error.</remarks>
internal static class CollectedAnswer
{
    /// <summary>Reads the stream, and keeps the answer on the attempt when it is sound.</summary>
    public static async ValueTask<AttemptResult?> ReadAsync(Attempt attempt, HttpResponseMessage response, SseRelay relay, CancellationToken cancellationToken)
    {
        var merger = new ChunkMerger(attempt.Profile.Responses.UsageCountsOneChoice);
        await relay.ReadToEndAsync(merger, cancellationToken);
        if (relay.End != RelayEnd.Complete)
        {
            return attempt.Failed(relay);
        }

        var body = attempt.Answer.Buffered = new BodyBuffer(4096);
        merger.WriteTo(body);
        attempt.Answer.Bytes = body.Written;
        attempt.Request.Usage = merger.Usage;
        attempt.Answer.EngineContent = response.Content;
        (attempt.Answer.Decoded, attempt.Answer.ContentType) = (true, "application/json");
        if (!JsonAnswer.Translate(attempt))
        {
            return attempt.Unreadable(GatewayError.Upstream($"{attempt.Profile.DisplayName} answered with no completion."));
        }

        attempt.Commit(whole: true);
        return null;
    }
}
