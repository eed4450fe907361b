using System.Buffers;
using System.Text;
using System.Text.Json;
using Gateway.Core.Errors;
using Gateway.Engines;

namespace Gateway.Proxy.Requests;

/// <summary>Removes tools that an engine would run itself; refuses a request whose <c>tool_choice</c> requires one.</summary>
/// <remarks>A body without such a tool keeps its bytes.</remarks>
internal sealed class ServerToolFilter
{
    private static readonly byte[][] Members = [.. ServerTools.Members.Select(Encoding.UTF8.GetBytes)];

    private readonly List<string> _types = [];
    private readonly List<string> _names = [];
    private readonly List<string> _kept = [];
    private bool _empty;

    private ServerToolFilter()
    {
    }

    /// <summary>Filters.</summary>
    /// <param name="members">The body.</param>
    /// <param name="edit">Takes the changes.</param>
    /// <param name="removed">Gets what was left out, in words for the caller.</param>
    /// <returns>The error when the request cannot do without what was left out.</returns>
    public static GatewayError? Apply(JsonMembers members, JsonEdit edit, ref List<string>? removed)
    {
        ServerToolFilter? filter = null;
        for (var i = 0; i < members.All.Count; i++)
        {
            var member = members.All[i];
            if (members.HasTypedTools && member.IsLike("tools"u8))
            {
                (filter ??= new()).Filter(edit, i, members.Value(member), ref removed);
            }
            else if (IsServerMember(member))
            {
                edit.Drop(i);
                (removed ??= []).Add(Encoding.UTF8.GetString(member.Name.Span).ToLowerInvariant());
            }
        }

        return filter is { _types.Count: > 0 } ? filter.Choose(members, edit) : null;
    }

    private static bool IsServerMember(in JsonMember member)
    {
        foreach (var name in Members)
        {
            if (member.IsLike(name))
            {
                return true;
            }
        }

        return false;
    }

    private void Filter(JsonEdit edit, int index, ReadOnlySpan<byte> value, ref List<string>? removed)
    {
        if (RawJson.Parse(value) is not { ValueKind: JsonValueKind.Array } tools || !tools.EnumerateArray().Any(IsServed))
        {
            return;
        }

        var before = _types.Count;
        var rest = Without(tools);
        _empty = rest is null;
        (removed ??= []).AddRange(_types.Skip(before).Distinct().Select(type => $"tools.{type}"));
        if (rest is null)
        {
            edit.Drop(index);
        }
        else
        {
            edit.Replace(index, rest);
        }
    }

    private static bool IsServed(JsonElement tool) => TypeOf(tool) is not null;

    private static string? TypeOf(JsonElement tool) => ServerTools.TypeOf(tool) ?? ServerTools.Inside(tool).Select(ServerTools.TypeOf).FirstOrDefault(found => found is not null);

    // The tools that stay are copied as they came, so that unknown members and number formats survive. A group that loses one goes whole.
    private byte[]? Without(JsonElement tools)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartArray();
            foreach (var tool in tools.EnumerateArray())
            {
                if (IsServed(tool))
                {
                    Leave(tool);
                    continue;
                }

                _kept.Add(NameOf(tool));
                json.WriteRawValue(tool.GetRawText(), skipInputValidation: true);
            }

            json.WriteEndArray();
        }

        return _kept.Count == 0 ? null : buffer.WrittenSpan.ToArray();
    }

    private void Leave(JsonElement tool)
    {
        _types.Add(TypeOf(tool)!);
        _names.Add(NameOf(tool));
    }

    private GatewayError? Choose(JsonMembers members, JsonEdit edit)
    {
        for (var i = 0; i < members.All.Count; i++)
        {
            if (!members.All[i].IsLike("tool_choice"u8) || RawJson.Parse(members.Value(members.All[i])) is not { } choice)
            {
                continue;
            }

            if (Named(choice) is { } named)
            {
                return Refuse(named);
            }

            if (_empty)
            {
                if (Word(choice) is "required" or "any")
                {
                    return Refuse(_types[0]);
                }

                edit.Drop(i);
            }
        }

        return null;
    }

    /// <summary>The left-out tool that a choice asks for, by type or by name; null when it asks for none.</summary>
    private string? Named(JsonElement choice)
    {
        if (choice.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        if (ServerTools.TypeOf(choice) is { } type)
        {
            return type;
        }

        // Both APIs' lists of what may be chosen: one has it a level deeper.
        var nested = choice.EnumerateObject().Where(member => ServerTools.Is(member, "allowed_tools")).SelectMany(member => ServerTools.Inside(member.Value));
        if (nested.Concat(ServerTools.Inside(choice)).Select(TypeOf).FirstOrDefault(found => found is not null) is { } listed)
        {
            return listed;
        }

        var name = NameOf(choice);
        return name.Length > 0 && !_kept.Contains(name) && _names.Contains(name) ? name : null;
    }

    private static string Word(JsonElement choice) => choice.ValueKind == JsonValueKind.Object ? Member(choice, "type") : Text(choice);

    private static string NameOf(JsonElement tool) => tool.ValueKind == JsonValueKind.Object ? Member(tool, "name") : "";

    private static string Member(JsonElement element, string name)
    {
        try
        {
            return element.TryGetProperty(name, out var value) ? Text(value) : "";
        }
        catch (InvalidOperationException)
        {
            // Half a surrogate pair among the names cannot be compared.
            return "";
        }
    }

    private static string Text(JsonElement text)
    {
        try
        {
            return text.ValueKind == JsonValueKind.String ? text.GetString()! : "";
        }
        catch (InvalidOperationException)
        {
            return "";
        }
    }

    private static GatewayError Refuse(string tool) => GatewayError.InvalidRequest("tool_choice",
        $"`tool_choice` requires {(tool.Length <= 64 ? tool : tool[..64])}, a tool that the server runs. This gateway removes such tools (GATEWAY_SERVER_TOOLS).");
}
