using System.Buffers;
using System.Text.Json;
using Gateway.Telemetry;

namespace Gateway.Streams;

/// <summary>Puts the chunks of a streamed completion together to the answer that the engine would have given in one piece.</summary>
/// <param name="sumsUsage">The engine counts the tokens of each choice for itself: those of all are added up.</param>
internal sealed class ChunkMerger(bool sumsUsage)
{
    private readonly MergedValue _answer = new();
    private TokenUsage _usage;
    private int _usages;

    /// <summary>What the engine said of tokens, of all choices.</summary>
    public TokenUsage Usage => _usage;

    /// <summary>Takes the data of one event, which is known to be a JSON object.</summary>
    public void Add(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = 512 });
        reader.Read();
        _answer.Take(ref reader, json, MergeRule.Chunk);
        Count(json);
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

        if (_usages > 1)
        {
            SumUsage();
        }

        _answer.WriteTo(output);
    }

    // A message always has a role and a content, which a stream may have had no reason to send.
    private static void CompleteMessage(MergedValue choice)
    {
        if (choice.Find("message"u8) is not { } message)
        {
            return;
        }

        SetWhereEmpty(message.FindOrAdd("role"u8), "\"assistant\""u8);
        SetWhereEmpty(message.FindOrAdd("content"u8), "\"\""u8);
    }

    private static void SetWhereEmpty(MergedValue value, ReadOnlySpan<byte> json)
    {
        if (value.IsEmpty)
        {
            value.SetRaw(json);
        }
    }

    private void Count(ReadOnlySpan<byte> json)
    {
        var usage = UsageOf(json);
        if (!usage.Known)
        {
            return;
        }

        _usages += sumsUsage ? 1 : 0;
        usage.Output += sumsUsage ? _usage.Output : 0;
        _usage = usage;
    }

    private static TokenUsage UsageOf(ReadOnlySpan<byte> json)
    {
        var usage = default(TokenUsage);
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = 512 });
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var found = reader.ValueTextEquals("usage"u8);
            reader.Read();
            if (found)
            {
                UsageReader.Read(ref reader, ref usage);
            }
            else
            {
                reader.Skip();
            }
        }

        return usage;
    }

    private void SumUsage()
    {
        var usage = _answer.FindOrAdd("usage"u8);
        var splices = new List<Splice>();
        var reader = new Utf8JsonReader(usage.Raw);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var output = reader.ValueTextEquals("completion_tokens"u8);
            var total = reader.ValueTextEquals("total_tokens"u8);
            reader.Read();
            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            if (output || total)
            {
                var sum = System.Text.Encoding.ASCII.GetBytes((_usage.Output + (total ? _usage.Input : 0)).ToString(System.Globalization.CultureInfo.InvariantCulture));
                splices.Add(new Splice(start, (int)reader.BytesConsumed - start, sum));
            }
        }

        var summed = new ArrayBufferWriter<byte>();
        Splice.Write(usage.Raw, splices, summed);
        usage.SetRaw(summed.WrittenSpan);
    }
}
