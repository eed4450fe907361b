using System.Text;
using System.Text.Json;
using Gateway.Bodies;
using Gateway.Endpoints;
using Gateway.Engines;

namespace Gateway.Forwarding;

/// <summary>
/// Makes the changes to a JSON body that the profile and the route ask for: steering members dropped, the engine's own names
/// and shapes given, the model's name, usage asked for. A body that needs none passes byte for byte.
/// </summary>
internal sealed class BodyMender
{
    private readonly RequestDialect _dialect;
    private readonly byte[][] _stripped;
    private readonly byte[][] _strippedPrefixes;
    private readonly (byte[] Outer, byte[] Inner)[] _strippedInside;
    private readonly (byte[] Name, FieldFix Fix)[] _fixes;

    public BodyMender(RequestDialect dialect)
    {
        _dialect = dialect;
        var plain = dialect.StripFields.Where(name => !name.Contains('.', StringComparison.Ordinal)).ToArray();
        _stripped = [.. plain.Where(name => !name.EndsWith('*')).Select(Encoding.UTF8.GetBytes)];
        _strippedPrefixes = [.. plain.Where(name => name.EndsWith('*')).Select(name => Encoding.UTF8.GetBytes(name[..^1]))];
        _strippedInside = [.. dialect.StripFields.Where(name => name.Contains('.', StringComparison.Ordinal)).Select(name => name.Split('.', 2)).Select(parts => (Encoding.UTF8.GetBytes(parts[0]), Encoding.UTF8.GetBytes(parts[1])))];
        _fixes = [.. dialect.Fixes.Select(fix => (Encoding.UTF8.GetBytes(fix.Field), fix))];
    }

    /// <summary>Collects the changes.</summary>
    /// <param name="members">The body.</param>
    /// <param name="endpoint">Where it goes.</param>
    /// <param name="sendModel">The model's new name, or null.</param>
    public JsonEdit Mend(JsonMembers members, EndpointSpec endpoint, string? sendModel)
    {
        var edit = new JsonEdit(members);
        Strip(members, edit);
        Copy(members, edit, endpoint.Id);
        Fix(members, edit, endpoint.Id);
        if (sendModel is not null)
        {
            Set(members, edit, "model"u8, Encoding.UTF8.GetBytes($"\"{JsonEncodedText.Encode(sendModel)}\""));
        }

        return edit;
    }

    /// <summary>Asks for usage in a stream whose caller did not.</summary>
    /// <returns>True when the engine will now send a usage that the caller must not see.</returns>
    public static bool AskUsage(JsonMembers members, JsonEdit edit)
    {
        var current = edit.Current("stream_options"u8);
        if (current is not { } options || options.Span.SequenceEqual("null"u8))
        {
            Set(members, edit, "stream_options"u8, "{\"include_usage\":true}"u8.ToArray());
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
        Set(inner, innerEdit, "include_usage"u8, "true"u8.ToArray());
        Set(members, edit, "stream_options"u8, Written(innerEdit, options.Length + 32));
        return true;
    }

    /// <summary>Asks for a stream where the caller wants one piece, which has its usage in it.</summary>
    /// <returns>False when the body says something of streams that is for the engine to judge.</returns>
    public static bool AskStream(JsonMembers members, JsonEdit edit, bool usage)
    {
        if (members.Find("stream"u8) is { Kind: not (JsonTokenType.False or JsonTokenType.Null) } || members.Find("stream_options"u8) is { Kind: not JsonTokenType.Null })
        {
            return false;
        }

        Set(members, edit, "stream"u8, "true"u8.ToArray());
        if (usage)
        {
            AskUsage(members, edit);
        }

        return true;
    }

    public static void Set(JsonMembers members, JsonEdit edit, ReadOnlySpan<byte> name, byte[] value)
    {
        for (var i = 0; i < members.All.Count; i++)
        {
            if (members.All[i].Is(name))
            {
                edit.Replace(i, value);
                return;
            }
        }

        edit.Add(name.ToArray(), value);
    }

    private void Strip(JsonMembers members, JsonEdit edit)
    {
        for (var i = 0; i < members.All.Count; i++)
        {
            if (IsStripped(members.All[i].Name.Span))
            {
                edit.Drop(i);
                continue;
            }

            foreach (var (outer, inner) in _strippedInside)
            {
                if (members.All[i].IsLike(outer))
                {
                    StripInside(edit, i, inner);
                }
            }
        }
    }

    private bool IsStripped(ReadOnlySpan<byte> name)
    {
        foreach (var stripped in _stripped)
        {
            if (FoldedName.Equal(name, stripped))
            {
                return true;
            }
        }

        foreach (var prefix in _strippedPrefixes)
        {
            if (FoldedName.StartsWith(name, prefix))
            {
                return true;
            }
        }

        return false;
    }

    private static void StripInside(JsonEdit edit, int index, byte[] name)
    {
        if (edit.Current(index) is not { } value || !JsonMembers.TryParse(value, out var inner, out _))
        {
            return;
        }

        var innerEdit = new JsonEdit(inner);
        for (var i = 0; i < inner.All.Count; i++)
        {
            if (inner.All[i].IsLike(name))
            {
                innerEdit.Drop(i);
            }
        }

        if (!innerEdit.IsEmpty)
        {
            edit.Replace(index, Written(innerEdit, value.Length));
        }
    }

    private void Copy(JsonMembers members, JsonEdit edit, EndpointId endpoint)
    {
        foreach (var copy in _dialect.Copies)
        {
            if (!copy.Endpoints.Contains(endpoint) || edit.Current(Encoding.UTF8.GetBytes(copy.From)) is not { } value || value.Span.SequenceEqual("null"u8))
            {
                continue;
            }

            var to = Encoding.UTF8.GetBytes(copy.To);
            if (edit.Current(to) is not { } present || present.Span.SequenceEqual("null"u8))
            {
                Set(members, edit, to, value.ToArray());
            }

            if (!copy.KeepFrom)
            {
                Drop(members, edit, Encoding.UTF8.GetBytes(copy.From));
            }
        }
    }

    private static void Drop(JsonMembers members, JsonEdit edit, ReadOnlySpan<byte> name)
    {
        for (var i = 0; i < members.All.Count; i++)
        {
            if (members.All[i].Is(name))
            {
                edit.Drop(i);
            }
        }
    }

    private void Fix(JsonMembers members, JsonEdit edit, EndpointId endpoint)
    {
        foreach (var (name, fix) in _fixes)
        {
            if (fix.Endpoints is { } only && !only.Contains(endpoint))
            {
                continue;
            }

            // Each of several: which one the engine reads is its own choice.
            for (var i = 0; i < members.All.Count; i++)
            {
                if (members.All[i].IsLike(name) && edit.Current(i) is { } value)
                {
                    Fix(edit, i, Judge(fix, value.Span));
                }
            }
        }
    }

    private static FieldEdit Judge(FieldFix fix, ReadOnlySpan<byte> value)
    {
        try
        {
            return fix.Rule(value);
        }
        catch (InvalidOperationException)
        {
            // Half a surrogate pair cannot be read as text. The engine will say what it thinks of it.
            return FieldEdit.Keep;
        }
    }

    private static void Fix(JsonEdit edit, int index, FieldEdit change)
    {
        if (change.Drop)
        {
            edit.Drop(index);
        }
        else if (change.Value is { } mended)
        {
            edit.Replace(index, mended);
        }
    }

    private static byte[] Written(JsonEdit edit, int size)
    {
        using var buffer = new BodyBuffer(size);
        edit.WriteTo(buffer);
        return buffer.Written.ToArray();
    }
}
