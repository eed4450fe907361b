using System.Buffers.Binary;
using System.Text.Json;
using Gateway.Proxy.Backends;
using Gateway.Proxy.Requests;

namespace Gateway.Proxy.Routing;

/// <summary>Finds the replica for prompts with the same beginning by rendezvous hashing.</summary>
/// <remarks>Nothing is stored, and a replica that comes or goes moves only its own prompts.</remarks>
internal static class PrefixAffinity
{
    /// <summary>How much more than its part of the requests in flight, and one more, a home may have before it sends guests away.</summary>
    private const double Slack = 1.25;

    /// <summary>Finds the home.</summary>
    /// <returns>The replica; null when it has too much to do, or is not itself yet, and load decides.</returns>
    /// <param name="prefix">The beginning, as <see cref="PromptPrefix"/> has it.</param>
    /// <param name="backend">Whose replicas.</param>
    /// <param name="usable">The places of those that can be asked.</param>
    /// <param name="now">The clock's timestamp.</param>
    public static Replica? Of(ulong prefix, Backend backend, ReadOnlySpan<int> usable, long now)
    {
        var home = backend.Replicas[usable[0]];
        var highest = double.NegativeInfinity;
        var (running, weights) = (1, 0);
        foreach (var place in usable)
        {
            var replica = backend.Replicas[place];
            running += replica.InFlight;
            weights += replica.Weight;
            // From 0 to 1, without either; the logarithm makes the weights come out right.
            var chance = ((PromptPrefix.Mix(prefix ^ replica.Seed) >> 11) + 0.5) / (1UL << 53);
            var score = -replica.Weight / Math.Log(chance);
            (home, highest) = score > highest ? (replica, score) : (home, highest);
        }

        var most = Math.Ceiling(Slack * running * home.Weight / weights) + 1;
        return home.InFlight < most && home.Score.Share(now, backend.Settings.WarmUp) >= 0.5 ? home : null;
    }
}

/// <summary>A hash of a prompt's beginning, the same on every gateway.</summary>
/// <remarks>Messages up to the first of the user, other prompts up to 1 KiB. A conversation keeps it from turn to turn.</remarks>
internal static class PromptPrefix
{
    private const int LongestMessages = 16 * 1024;
    private const int LongestText = 1024;
    private const ulong Factor = 0x9E3779B97F4A7C15;

    /// <summary>The number; 0 where the request has no prompt.</summary>
    public static ulong Of(JsonMembers body)
    {
        if (body.Find("messages"u8) is { Kind: JsonTokenType.StartArray } messages)
        {
            return Hash(UpToFirstQuestion(body.Value(messages)));
        }

        var text = body.Find("prompt"u8) ?? body.Find("input"u8);
        return text is { } found ? Hash(Beginning(body.Value(found), LongestText)) : 0;
    }

    /// <summary>Mixes bytes into a number that is never 0.</summary>
    public static ulong Hash(ReadOnlySpan<byte> bytes)
    {
        var hash = (ulong)bytes.Length * Factor;
        for (; bytes.Length >= sizeof(ulong); bytes = bytes[sizeof(ulong)..])
        {
            hash = Mix(hash ^ BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        }

        foreach (var one in bytes)
        {
            hash = Mix(hash ^ one);
        }

        return Mix(hash) | 1;
    }

    /// <summary>Spreads every bit over all others.</summary>
    public static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 32)) * Factor;
        value = (value ^ (value >> 29)) * 0xBF58476D1CE4E5B9;
        return value ^ (value >> 32);
    }

    private static ReadOnlySpan<byte> Beginning(ReadOnlySpan<byte> bytes, int most) => bytes.Length > most ? bytes[..most] : bytes;

    private static ReadOnlySpan<byte> UpToFirstQuestion(ReadOnlySpan<byte> messages)
    {
        // A part of the array is read as a part: what lies behind it does not matter.
        var part = Beginning(messages, LongestMessages);
        var reader = new Utf8JsonReader(part, isFinalBlock: part.Length == messages.Length, new JsonReaderState(JsonMembers.Options));
        var asksNow = false;
        while (reader.Read())
        {
            if (reader.CurrentDepth == 2 && reader.TokenType == JsonTokenType.PropertyName && JsonText.Is(ref reader, "role"u8) && reader.Read())
            {
                asksNow = reader.TokenType == JsonTokenType.String && JsonText.Is(ref reader, "user"u8);
            }

            if (asksNow && reader is { CurrentDepth: 1, TokenType: JsonTokenType.EndObject })
            {
                return part[..(int)reader.BytesConsumed];
            }
        }

        return part;
    }
}
