using System.Globalization;
using System.Text;
using System.Text.Json;
using Gateway.Engines;
using Gateway.Proxy.Requests;

namespace Gateway.Proxy.Responses;

/// <summary>Whether a request's answer may be continued by another engine, and the request that asks for it.</summary>
internal static class ContinuationBody
{
    /// <summary>Members that leave an answer plain text from the first token to the last. Any other, and it is not continued.</summary>
    private static readonly string[] Harmless =
    [
        "model", "messages", "stream", "stream_options", "temperature", "top_p", "top_k", "min_p", "max_tokens", "max_completion_tokens", "seed", "stop",
        "presence_penalty", "frequency_penalty", "repetition_penalty", "repeat_penalty", "logit_bias", "user", "metadata", "store", "service_tier",
    ];

    private static readonly string[] Limits = ["max_tokens", "max_completion_tokens"];

    public static bool Allows(JsonMembers members)
    {
        foreach (var member in members.All)
        {
            var value = members.Value(member);
            var nothing = member.Kind is JsonTokenType.Null or JsonTokenType.False || value.SequenceEqual("[]"u8) || (member.Is("n"u8) && value.SequenceEqual("1"u8));
            if (!nothing && !Array.Exists(Harmless, name => member.Is(Encoding.UTF8.GetBytes(name))))
            {
                return false;
            }
        }

        return members.Find("messages"u8) is { Kind: JsonTokenType.StartArray };
    }

    /// <summary>Asks the engine to go on from the text.</summary>
    /// <returns>Null when nothing is left to be said.</returns>
    public static byte[]? Write(ReadOnlyMemory<byte> body, Continuation rule, StreamedText text)
    {
        if (!JsonMembers.TryParse(body, out var members, out _))
        {
            return null;
        }

        var edit = new JsonEdit(members);
        if (!Shorten(members, edit, text.Pieces))
        {
            return null;
        }

        if (text.Pieces > 0)
        {
            var messages = members.Value(members.Find("messages"u8)!.Value)[..^1].TrimEnd(" \t\r\n"u8);
            edit.Set("messages"u8, [.. messages, .. messages.Length > 1 ? ","u8 : default, .. "{\"role\":\"assistant\",\"content\":\""u8, .. text.Content, .. "\"}]"u8]);
            foreach (var (name, value) in rule.Members)
            {
                edit.Set(Encoding.UTF8.GetBytes(name), Encoding.UTF8.GetBytes(value));
            }
        }

        return edit.ToArray(body.Length + text.Content.Length + 128);
    }

    // What has been said counts towards the limit.
    private static bool Shorten(JsonMembers members, JsonEdit edit, int said)
    {
        foreach (var name in Limits)
        {
            if (members.Find(Encoding.UTF8.GetBytes(name)) is not { Kind: JsonTokenType.Number } limit)
            {
                continue;
            }

            if (!int.TryParse(members.Value(limit), NumberStyles.None, CultureInfo.InvariantCulture, out var most) || most <= said)
            {
                return false;
            }

            edit.Set(Encoding.UTF8.GetBytes(name), Encoding.UTF8.GetBytes((most - said).ToString(CultureInfo.InvariantCulture)));
        }

        return true;
    }
}
