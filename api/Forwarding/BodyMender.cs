using System.Text;
using System.Text.Json;
using Gateway.Bodies;
using Gateway.Endpoints;
using Gateway.Engines;

namespace Gateway.Forwarding;

/// <summary>
/// Makes the changes to a JSON body that the profile and the route ask for: steering members dropped, the engine's own names
/// and shapes given, the model's name. A body that needs none passes byte for byte.
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
        Copy(edit, endpoint.Id);
        Fix(members, edit, endpoint.Id);
        if (sendModel is not null)
        {
            edit.Set("model"u8, Encoding.UTF8.GetBytes($"\"{JsonEncodedText.Encode(sendModel)}\""));
        }

        return edit;
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
            edit.Replace(index, innerEdit.ToArray(value.Length));
        }
    }

    private void Copy(JsonEdit edit, EndpointId endpoint)
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
                edit.Set(to, value.ToArray());
            }

            if (!copy.KeepFrom)
            {
                edit.Drop(Encoding.UTF8.GetBytes(copy.From));
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
}
