using System.Text.Json;
using Gateway.Proxy.Failover;
using Gateway.Proxy.Telemetry;

namespace Gateway.Proxy.Responses;

/// <summary>Reads the <c>usage</c> object of every API, counted as OpenAI does: cached tokens are part of the input.</summary>
internal static class UsageReader
{
    // Larger counts are invalid; sums of valid ones stay exact.
    private const long MaxTokens = 1L << 53;

    /// <summary>Reads the object at the reader, up to its end; other tokens are skipped.</summary>
    /// <remarks>Engines repeat the usage of a stream as a running total, and some send zeros for unknown: these replace no
    /// number.</remarks>
    public static void Read(ref Utf8JsonReader reader, ref TokenUsage usage)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return;
        }

        usage.Known = true;
        var said = default(Said);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            ReadMember(ref reader, ref said);
        }

        usage.Output = Math.Max(usage.Output, said.Output);
        TakeInput(said, ref usage);
        usage.Cached = Math.Min(usage.Cached, usage.Input);
    }

    private static void ReadMember(ref Utf8JsonReader reader, ref Said said)
    {
        if (reader.ValueTextEquals("prompt_tokens"u8))
        {
            said.Whole = true;
            said.Input = Number(ref reader) ?? said.Input;
        }
        else if (reader.ValueTextEquals("input_tokens"u8))
        {
            said.Input = Number(ref reader) ?? said.Input;
        }
        else if (reader.ValueTextEquals("completion_tokens"u8) || reader.ValueTextEquals("output_tokens"u8))
        {
            said.Output = Number(ref reader) ?? said.Output;
        }
        else if (reader.ValueTextEquals("cache_read_input_tokens"u8))
        {
            said.Read = Number(ref reader) ?? said.Read;
        }
        else if (reader.ValueTextEquals("cache_creation_input_tokens"u8))
        {
            said.Stored = Number(ref reader) ?? said.Stored;
        }
        else if (reader.ValueTextEquals("prompt_tokens_details"u8) || reader.ValueTextEquals("input_tokens_details"u8) || reader.ValueTextEquals("input_token_details"u8))
        {
            ReadDetails(ref reader, ref said);
        }
        else
        {
            reader.Skip();
        }
    }

    // OpenAI's input is everything, with details of a part of it. Anthropic's is what the cache did not take part in, beside two other
    // numbers.
    private static void TakeInput(Said said, ref TokenUsage usage)
    {
        if (said.Whole)
        {
            usage.Input = said.Input is > 0 and var input ? input : usage.Input;
            usage.Cached = (said.Details ?? said.Read) is > 0 and var cached ? cached : usage.Cached;
            return;
        }

        if ((said.Input ?? 0) + (said.Read ?? 0) + (said.Stored ?? 0) == 0)
        {
            return;
        }

        usage.Fresh = said.Input is { } fresh && (fresh > 0 || said.Read > 0) ? fresh : usage.Fresh;
        usage.Cached = said.Read ?? usage.Cached;
        usage.Stored = said.Stored ?? usage.Stored;
        usage.Input = usage.Fresh + usage.Cached + usage.Stored;
    }

    private static void ReadDetails(ref Utf8JsonReader reader, ref Said said)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return;
        }

        said.Whole = true;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("cached_tokens"u8))
            {
                said.Details = Number(ref reader) ?? said.Details;
            }
            else
            {
                reader.Skip();
            }
        }
    }

    private static long? Number(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out var number) && number is >= 0 and <= MaxTokens)
        {
            return number;
        }

        reader.Skip();
        return null;
    }

    /// <summary>What one object says.</summary>
    private struct Said
    {
        /// <summary>The input is all of it.</summary>
        public bool Whole;
        public long? Input;
        public long Output;
        public long? Read;
        public long? Stored;
        public long? Details;
    }
}

/// <summary>The tokens of an answer as the gateway counts them: the engine's numbers, with two exceptions.</summary>
/// <remarks>Of a broken stream the relayed pieces count, and numbers of an engine that counts one of several choices or prompts are scaled
/// up.</remarks>
internal static class CountedUsage
{
    /// <summary>Of a stream, whole or cut. A piece with something to read in it is about a token.</summary>
    public static TokenUsage Of(Attempt attempt, SseRelay relay)
    {
        var usage = relay.Usage;
        if (relay.End != RelayEnd.Complete)
        {
            usage.Output = Math.Max(usage.Output, relay.Pieces);
            return usage;
        }

        if (usage.Known && CountsOneOfMany(attempt))
        {
            usage.Input *= attempt.Request.Prompts;
            usage.Output = Math.Max(usage.Output, relay.Pieces);
            usage.Estimated = true;
        }

        return usage;
    }

    /// <summary>Of an answer in one piece: as if all choices and prompts were as long as the one that was counted.</summary>
    public static TokenUsage Of(Attempt attempt, TokenUsage usage)
    {
        if (usage.Known && CountsOneOfMany(attempt))
        {
            usage.Input *= attempt.Request.Prompts;
            usage.Output *= attempt.Request.Prompts * attempt.Request.Choices;
            usage.Estimated = true;
        }

        return usage;
    }

    private static bool CountsOneOfMany(Attempt attempt) =>
        attempt.Profile.Responses.UsageCountsOneChoice && (attempt.Request.Choices > 1 || attempt.Request.Prompts > 1);
}
