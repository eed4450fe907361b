using System.Buffers.Text;

namespace Gateway.Proxy.Translation;

/// <summary>The tokens of an answer. Engines repeat them as a running total, and some put zeros where they do not know any more.</summary>
internal struct ResponsesUsage
{
    // No engine counts so far; and sums of such numbers stay numbers.
    private const long Most = 1L << 53;

    private bool _known;
    private long _input;
    private long _cached;
    private long _stored;
    private long _output;
    private long _reasoning;

    public void Take(ResponsesValue usage)
    {
        if (!usage.IsObject)
        {
            return;
        }

        _known = true;
        var fields = usage.Fields;
        while (fields.Next())
        {
            if (fields.Is("prompt_tokens"u8))
            {
                Raise(ref _input, fields.Value);
            }
            else if (fields.Is("completion_tokens"u8))
            {
                Raise(ref _output, fields.Value);
            }
            else if (fields.Is("reasoning_tokens"u8))
            {
                Raise(ref _reasoning, fields.Value);
            }
            else if (fields.Is("prompt_tokens_details"u8))
            {
                Raise(ref _cached, ResponsesFields.Find(fields.Value, "cached_tokens"u8));
                Raise(ref _stored, ResponsesFields.Find(fields.Value, "cache_write_tokens"u8));
            }
            else if (fields.Is("completion_tokens_details"u8))
            {
                Raise(ref _reasoning, ResponsesFields.Find(fields.Value, "reasoning_tokens"u8));
            }
        }
    }

    /// <summary>Writes them as this API has them; null where the engine said nothing.</summary>
    public readonly void Write(ResponsesWriter writer)
    {
        if (!_known)
        {
            writer.Raw("null"u8);
            return;
        }

        writer.Raw("{\"input_tokens\":"u8).Number(_input).Raw(",\"input_tokens_details\":{\"cached_tokens\":"u8)
            .Number(Math.Min(_cached, _input));
        writer.Raw(",\"cache_write_tokens\":"u8).Number(Math.Min(_stored, _input)).Raw("},\"output_tokens\":"u8).Number(_output);
        writer.Raw(",\"output_tokens_details\":{\"reasoning_tokens\":"u8).Number(Math.Min(_reasoning, _output));
        writer.Raw("},\"total_tokens\":"u8).Number(_input + _output).Raw("}"u8);
    }

    private static void Raise(ref long number, ResponsesValue value)
    {
        if (Utf8Parser.TryParse(value.Raw, out long said, out var length) && length == value.Raw.Length && said <= Most)
        {
            number = Math.Max(number, said);
        }
    }
}
