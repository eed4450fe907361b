using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Gateway.Proxy.Telemetry;

namespace Gateway.Proxy.Responses;

/// <summary>The usage of a streamed completion: of repeated totals the largest counts, since some engines end with zeros.</summary>
/// <param name="sums">Each choice is counted for itself, beside its finish reason or right behind it.</param>
internal sealed class MergedUsage(bool sums)
{
    private readonly SortedDictionary<int, TokenUsage> _counts = [];
    private byte[] _json = [];
    private int _choice;

    /// <summary>The tokens of all choices.</summary>
    public TokenUsage Sum
    {
        get
        {
            var sum = default(TokenUsage);
            foreach (var one in _counts.Values)
            {
                var output = sum.Output + one.Output;
                sum = one;
                sum.Output = output;
            }

            return sum;
        }
    }

    /// <summary>Takes a chunk.</summary>
    public void Take(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = 512 });
        reader.Read();
        var usage = default(TokenUsage);
        var at = 0..0;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("choices"u8))
            {
                reader.Read();
                TakeChoices(ref reader);
                continue;
            }

            var counts = reader.ValueTextEquals("usage"u8);
            reader.Read();
            var start = (int)reader.TokenStartIndex;
            if (counts)
            {
                UsageReader.Read(ref reader, ref usage);
                at = start..(int)reader.BytesConsumed;
            }
            else
            {
                reader.Skip();
            }
        }

        if (usage.Known)
        {
            Count(usage, json[at]);
        }
    }

    /// <summary>The object as the engine wrote it, with the sum of all choices where they were counted apart.</summary>
    public ReadOnlySpan<byte> Json()
    {
        if (_counts.Count < 2)
        {
            return _json;
        }

        var sum = Sum;
        var splices = new List<Splice>();
        var reader = new Utf8JsonReader(_json, new JsonReaderOptions { MaxDepth = 512 });
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
                var number = sum.Output + (total ? sum.Input : 0);
                splices.Add(new Splice(start, (int)reader.BytesConsumed - start, Encoding.ASCII.GetBytes(number.ToString(CultureInfo.InvariantCulture))));
            }
        }

        var summed = new ArrayBufferWriter<byte>(_json.Length + 32);
        Splice.Write(_json, splices, summed);
        return summed.WrittenSpan;
    }

    private void Count(TokenUsage usage, ReadOnlySpan<byte> json)
    {
        var known = _counts.GetValueOrDefault(_choice);
        if (known.Known && usage.Input + usage.Output < known.Input + known.Output)
        {
            return;
        }

        _counts[_choice] = usage;
        _json = json.ToArray();
    }

    // The choice that a count belongs to: the one in the chunk, or else the one that ended last.
    private void TakeChoices(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            reader.Skip();
            return;
        }

        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            _choice = sums ? MergePlace.IndexOf(reader) ?? 0 : 0;
            reader.Skip();
        }
    }
}
