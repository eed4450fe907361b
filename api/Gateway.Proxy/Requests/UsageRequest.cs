using System.Text.Json;

namespace Gateway.Proxy.Requests;

/// <summary>What the gateway asks of an engine for its own sake, in the caller's body.</summary>
/// <remarks>The usage of a stream, a stream instead of one piece.</remarks>
internal static class UsageRequest
{
    /// <summary>Asks for usage in a stream whose caller did not.</summary>
    /// <returns>True when the engine will now send a usage that the caller must not see.</returns>
    public static bool Add(JsonEdit edit)
    {
        var current = edit.Current("stream_options"u8);
        if (current is not { } options || options.Span.SequenceEqual("null"u8))
        {
            edit.Set("stream_options"u8, "{\"include_usage\":true}"u8.ToArray());
            return true;
        }

        if (!JsonMembers.TryParse(options, out var inner, out _))
        {
            return false;
        }

        // Whatever else stands there is for the engine to judge.
        if (inner.Find("include_usage"u8) is { Kind: not (JsonTokenType.False or JsonTokenType.Null) })
        {
            return false;
        }

        var innerEdit = new JsonEdit(inner);
        innerEdit.Set("include_usage"u8, "true"u8.ToArray());
        edit.Set("stream_options"u8, innerEdit.ToArray(options.Length + 32));
        return true;
    }

    /// <summary>Asks for a stream where the caller wants one piece, which has its usage in it.</summary>
    /// <returns>False when the body says something of streams that is for the engine to judge.</returns>
    public static bool AddStream(JsonMembers members, JsonEdit edit, bool usage)
    {
        if (members.Find("stream"u8) is { Kind: not (JsonTokenType.False or JsonTokenType.Null) } || members.Find("stream_options"u8) is { Kind: not JsonTokenType.Null })
        {
            return false;
        }

        edit.Set("stream"u8, "true"u8.ToArray());
        if (usage)
        {
            Add(edit);
        }

        return true;
    }
}
