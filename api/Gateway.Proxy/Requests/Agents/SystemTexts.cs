using System.Buffers;
using System.Text;
using System.Text.Json;
using Gateway.Engines;
using Gateway.Engines.Endpoints;

namespace Gateway.Proxy.Requests.Agents;

/// <summary>
/// Joins texts of the system and of developers into one that stands first, for engines whose models' templates refuse them anywhere else. A
/// body that has them only there keeps its bytes; so does one with something else than text in such a message.
/// </summary>
internal sealed class SystemTexts
{
    private static readonly byte[] Between = """\n\n"""u8.ToArray();

    private readonly JsonElements _messages;
    private readonly HashSet<int> _places = [];
    private readonly List<ReadOnlyMemory<byte>> _texts = [];

    private SystemTexts(JsonElements messages) => _messages = messages;

    /// <summary>Joins them.</summary>
    /// <param name="rule">Where the engine needs that.</param>
    /// <param name="members">The body.</param>
    /// <param name="edit">Takes the changes.</param>
    /// <param name="endpoint">Where it goes.</param>
    public static void Join(SystemFirst rule, JsonMembers members, JsonEdit edit, EndpointId endpoint)
    {
        if (!rule.Endpoints.Contains(endpoint))
        {
            return;
        }

        switch (endpoint)
        {
            case EndpointId.Messages or EndpointId.MessageCountTokens:
                Join(members, edit, "messages", "system");
                break;
            case EndpointId.Responses or EndpointId.ResponseInputTokens:
                Join(members, edit, "input", "instructions");
                break;
            default:
                Join(members, edit, "messages", null);
                break;
        }
    }

    // What stands twice is for the engine to judge: which of the two it reads is its own choice.
    private static void Join(JsonMembers members, JsonEdit edit, string list, string? before)
    {
        var name = Encoding.UTF8.GetBytes(list);
        var front = before is null ? [] : Encoding.UTF8.GetBytes(before);
        if (members.IsAmbiguous(name) || (before is not null && members.IsAmbiguous(front)) || edit.Current(name) is not { } value)
        {
            return;
        }

        var given = before is null ? null : edit.Current(front);
        given = given is { } some && !IsNothing(some.Span) ? given : null;
        if (Mentions(given is null ? value.Span[JsonElements.EndOfFirst(value.Span)..] : value.Span)
            && JsonElements.TryRead(value, out var messages)
            && new SystemTexts(messages) is var texts && texts.Collect(first: given is null))
        {
            texts.Write(edit, name, front, given, inList: before != "system");
        }
    }

    private static bool IsNothing(ReadOnlySpan<byte> value) =>
        value.SequenceEqual("null"u8) || value.SequenceEqual("\"\""u8) || (value[0] == '[' && value[1..].TrimStart(" \t\r\n"u8)[0] == ']');

    private static bool Mentions(ReadOnlySpan<byte> json) => json.IndexOf("\"system\""u8) >= 0 || json.IndexOf("\"developer\""u8) >= 0;

    /// <summary>Finds them; false when they stand right, or one of them cannot be moved.</summary>
    /// <param name="first">A message may be the first text of the system, since nothing stands before the list.</param>
    private bool Collect(bool first)
    {
        for (var i = 0; i < _messages.Count; i++)
        {
            if (!Mentions(_messages[i].Span) || !JsonMembers.TryParse(_messages[i], out var message, out _) || !IsSystem(message))
            {
                continue;
            }

            _places.Add(i);
            if (message.IsAmbiguous("role"u8) || message.IsAmbiguous("content"u8) || !Read(message))
            {
                return false;
            }
        }

        return _places.Count > 0 && !(first && _places.Count == 1 && _places.Contains(0));
    }

    private static bool IsSystem(JsonMembers message) =>
        message.Find("role"u8) is { } role
        && (message.Value(role).SequenceEqual("\"system\""u8) || message.Value(role).SequenceEqual("\"developer\""u8))
        && (message.Find("type"u8) is not { } type || message.Value(type).SequenceEqual("\"message\""u8));

    private bool Read(JsonMembers message)
    {
        if (message.Find("content"u8) is not { } content)
        {
            return false;
        }

        var value = message.Body[content.ValueStart..content.End];
        if (content.Kind == JsonTokenType.String)
        {
            _texts.Add(Inside(value));
            return true;
        }

        return JsonElements.TryRead(value, out var parts) && Enumerable.Range(0, parts.Count).All(place => ReadPart(parts[place]));
    }

    private bool ReadPart(ReadOnlyMemory<byte> part)
    {
        if (part.Span[0] != '{' || !JsonMembers.TryParse(part, out var members, out _)
            || members.Find("type"u8) is not { } type
            || !(members.Value(type).SequenceEqual("\"text\""u8) || members.Value(type).SequenceEqual("\"input_text\""u8))
            || members.IsAmbiguous("text"u8) || members.Find("text"u8) is not { Kind: JsonTokenType.String } text)
        {
            return false;
        }

        _texts.Add(Inside(members.Body[text.ValueStart..text.End]));
        return true;
    }

    private static ReadOnlyMemory<byte> Inside(ReadOnlyMemory<byte> text) => text[1..^1];

    private void Write(JsonEdit edit, byte[] name, byte[] front, ReadOnlyMemory<byte>? given, bool inList)
    {
        if (given is null && inList)
        {
            // Of the two ways that Responses writes a message this is the one that every engine takes.
            edit.Set(name, _messages.Without(_places, [.. """{"role":"system","content":"""u8, .. Text([]), (byte)'}'])!);
        }
        else if (_messages.Without(_places) is { } rest && Before(given, blocks: !inList) is { } text)
        {
            edit.Set(name, rest);
            edit.Set(front, text);
        }
    }

    private byte[]? Before(ReadOnlyMemory<byte>? given, bool blocks)
    {
        if (given is not { } value)
        {
            return Text([]);
        }

        if (value.Span[0] == '"')
        {
            return Text(Inside(value).Span);
        }

        // Engines put blocks together with nothing between them.
        return blocks && value.Span[0] == '['
            ? [.. value.Span[..^1], .. """,{"type":"text","text":"\n\n"""u8, .. Text([]).AsSpan(1), .. "}]"u8]
            : null;
    }

    /// <summary>One text of all, with an empty line between them. They stay as they were written, escapes and all.</summary>
    private byte[] Text(ReadOnlySpan<byte> first)
    {
        var output = new ArrayBufferWriter<byte>();
        output.Write("\""u8);
        output.Write(first);
        var any = !first.IsEmpty;
        foreach (var text in _texts.Where(text => !text.IsEmpty))
        {
            output.Write(any ? Between : []);
            output.Write(text.Span);
            any = true;
        }

        output.Write("\""u8);
        return output.WrittenSpan.ToArray();
    }
}
