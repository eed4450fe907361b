using System.Buffers;
using System.Text.Json;

namespace Gateway.Proxy.Responses;

/// <summary>What a stream has said so far, as far as another engine could go on from it: the text of one choice and nothing else.</summary>
internal sealed class StreamedText
{
    private readonly ArrayBufferWriter<byte> _content = new(1024);

    /// <summary>The text as it is escaped in JSON, without its quotes.</summary>
    public ReadOnlySpan<byte> Content => _content.WrittenSpan;

    /// <summary>The stream's <c>id</c> as JSON; null before its first chunk.</summary>
    public byte[]? Id { get; private set; }

    /// <summary>Events that brought text. Engines send one for each token unless they lag behind.</summary>
    public int Pieces { get; private set; }

    /// <summary>There was nothing but text of the first choice, and its end has not been said.</summary>
    public bool CanGoOn { get; private set; } = true;

    /// <summary>Takes the data of an event that is known to be a JSON object.</summary>
    public void Take(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = 512 });
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var id = reader.ValueTextEquals("id"u8);
            var choices = reader.ValueTextEquals("choices"u8);
            reader.Read();
            if (choices && reader.TokenType == JsonTokenType.StartArray)
            {
                TakeChoices(ref reader);
                continue;
            }

            if (id && Id is null && reader.TokenType == JsonTokenType.String)
            {
                Id = [.. "\""u8, .. reader.ValueSpan, .. "\""u8];
            }

            reader.Skip();
        }
    }

    private void TakeChoices(ref Utf8JsonReader reader)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.StartObject)
        {
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var index = reader.ValueTextEquals("index"u8);
                var delta = reader.ValueTextEquals("delta"u8);
                reader.Read();
                if (delta && reader.TokenType == JsonTokenType.StartObject)
                {
                    TakeDelta(ref reader);
                    continue;
                }

                // The end, log probabilities, another choice: what comes after them cannot be joined to them.
                CanGoOn &= index ? reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out var number) && number == 0 : reader.TokenType == JsonTokenType.Null;
                reader.Skip();
            }
        }
    }

    private void TakeDelta(ref Utf8JsonReader reader)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var role = reader.ValueTextEquals("role"u8);
            var content = reader.ValueTextEquals("content"u8);
            reader.Read();
            if (content && reader.TokenType == JsonTokenType.String)
            {
                _content.Write(reader.ValueSpan);
                Pieces += reader.ValueSpan.IsEmpty ? 0 : 1;
            }
            else
            {
                CanGoOn &= role || reader.TokenType == JsonTokenType.Null || (reader.TokenType == JsonTokenType.String && reader.ValueSpan.IsEmpty);
            }

            reader.Skip();
        }
    }
}
