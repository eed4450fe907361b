using System.Text.Json;
using Gateway.Telemetry;

namespace Gateway.Streams;

/// <summary>Reads a <c>usage</c> object under the names of every API: chat and completions, responses, messages.</summary>
internal static class UsageReader
{
    /// <summary>Reads the object that the reader stands on and leaves the reader at its end; other tokens are skipped.</summary>
    public static void Read(ref Utf8JsonReader reader, ref TokenUsage usage)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return;
        }

        usage.Known = true;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("prompt_tokens"u8) || reader.ValueTextEquals("input_tokens"u8))
            {
                usage.Input = Number(ref reader) ?? usage.Input;
            }
            else if (reader.ValueTextEquals("completion_tokens"u8) || reader.ValueTextEquals("output_tokens"u8))
            {
                usage.Output = Number(ref reader) ?? usage.Output;
            }
            else if (reader.ValueTextEquals("cache_read_input_tokens"u8))
            {
                usage.Cached = Number(ref reader) ?? usage.Cached;
            }
            else if (reader.ValueTextEquals("prompt_tokens_details"u8) || reader.ValueTextEquals("input_tokens_details"u8))
            {
                ReadDetails(ref reader, ref usage);
            }
            else
            {
                reader.Read();
                reader.Skip();
            }
        }
    }

    private static void ReadDetails(ref Utf8JsonReader reader, ref TokenUsage usage)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("cached_tokens"u8))
            {
                usage.Cached = Number(ref reader) ?? usage.Cached;
            }
            else
            {
                reader.Read();
                reader.Skip();
            }
        }
    }

    private static long? Number(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out var number))
        {
            return number;
        }

        reader.Skip();
        return null;
    }
}
