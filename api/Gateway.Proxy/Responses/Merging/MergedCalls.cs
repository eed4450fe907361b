using System.Text.Json;

namespace Gateway.Proxy.Responses;

/// <summary>The tool calls of a message that is being merged.</summary>
/// <remarks>OpenAI identifies them by their <c>index</c>. Some engines give every call the same one, or none, and some give a call another
/// id in every piece: then calls are identified by id, by name, and by whether their arguments are complete.</remarks>
internal sealed class MergedCalls
{
    private readonly List<(int? Index, MergedValue Call)> _calls = [];

    /// <summary>The calls by their index; those of one index, or without one, as they came.</summary>
    public IEnumerable<MergedValue> InOrder => _calls.Select(static (one, order) => (one.Call, Key: one.Index ?? order)).OrderBy(static one => one.Key).Select(static one => Typed(one.Call));

    /// <summary>Takes the list that the reader stands on, and leaves the reader at its end.</summary>
    public void Take(ref Utf8JsonReader reader, ReadOnlySpan<byte> json)
    {
        var others = reader;
        var several = others.Read() && others.TrySkip() && others.Read() && others.TokenType != JsonTokenType.EndArray;
        for (var position = 0; reader.Read() && reader.TokenType != JsonTokenType.EndArray; position++)
        {
            var call = PlaceOf(ToolCallHead.Read(reader), position, several);
            call.Take(ref reader, json, MergeRule.Delta);
            call.RemoveIndex();
        }
    }

    // A stream may leave out what kind of call it is; a plain answer always says it.
    private static MergedValue Typed(MergedValue call)
    {
        if (call.Find("function"u8) is not null && call.FindOrAdd("type"u8) is { IsEmpty: true } type)
        {
            type.SetRaw("\"function\""u8);
        }

        return call;
    }

    private MergedValue PlaceOf(ToolCallHead head, int position, bool several)
    {
        var known = head.Id is null ? null : _calls.FindLast(one => IsId(one.Call, head.Id) && (head.Index is null || one.Index == head.Index)).Call;
        var near = known ?? (head.Index is not null ? _calls.FindLast(one => one.Index == head.Index).Call
            : several ? _calls.ElementAtOrDefault(position).Call
            : _calls.LastOrDefault().Call);
        if (near is not null && (known is not null || !IsAnother(near, head)))
        {
            return near;
        }

        var call = new MergedValue();
        _calls.Add((head.Index, call));
        return call;
    }

    // A piece that names a function where one is named already begins another call, or says the name again.
    private static bool IsAnother(MergedValue call, ToolCallHead head)
    {
        var function = call.Find("function"u8);
        if (head.Name is null || function?.Find("name"u8) is not { IsFilled: true } name)
        {
            return false;
        }

        var differs = !name.Raw.SequenceEqual(head.Name);
        var whole = IsWhole(function.Find("arguments"u8));
        return head.Id is not null ? differs || whole : whole && (differs || head.HasArguments);
    }

    private static bool IsId(MergedValue call, ReadOnlySpan<byte> id) =>
        call.Find("id"u8) is { Raw: [(byte)'"', .. var known, (byte)'"'] } && known.SequenceEqual(id);

    private static bool IsWhole(MergedValue? arguments)
    {
        if (arguments is not { IsFilled: true })
        {
            return false;
        }

        try
        {
            var text = new Utf8JsonReader([.. "\""u8, .. arguments.Raw, .. "\""u8]);
            text.Read();
            var inner = new byte[text.ValueSpan.Length];
            var reader = new Utf8JsonReader(inner.AsSpan(0, text.CopyString(inner)), new JsonReaderOptions { MaxDepth = 512 });
            reader.Read();
            reader.Skip();
            return !reader.Read();
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or ArgumentException)
        {
            return false;
        }
    }
}

/// <summary>What a piece of a tool call says of the call that it belongs to.</summary>
/// <remarks>Texts are as they are escaped; null where they are empty.</remarks>
internal readonly record struct ToolCallHead(int? Index, byte[]? Id, byte[]? Name, bool HasArguments)
{
    /// <summary>Reads the object that the reader stands on; the caller's reader stays where it is.</summary>
    public static ToolCallHead Read(Utf8JsonReader reader)
    {
        var head = new ToolCallHead(MergePlace.IndexOf(reader), null, null, false);
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            return head;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var id = reader.ValueTextEquals("id"u8);
            var function = reader.ValueTextEquals("function"u8);
            reader.Read();
            if (function && reader.TokenType == JsonTokenType.StartObject)
            {
                head = WithFunction(head, ref reader);
                continue;
            }

            head = id ? head with { Id = Text(ref reader) } : head;
            reader.Skip();
        }

        return head;
    }

    private static ToolCallHead WithFunction(ToolCallHead head, ref Utf8JsonReader reader)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.ValueTextEquals("name"u8);
            var arguments = reader.ValueTextEquals("arguments"u8);
            reader.Read();
            head = name ? head with { Name = Text(ref reader) } : arguments ? head with { HasArguments = Text(ref reader) is not null } : head;
            reader.Skip();
        }

        return head;
    }

    private static byte[]? Text(ref Utf8JsonReader reader) =>
        reader.TokenType == JsonTokenType.String && !reader.ValueSpan.IsEmpty ? reader.ValueSpan.ToArray() : null;
}
