using System.Buffers;
using System.Text.Json;

namespace Gateway.Proxy.Responses;

/// <summary>One JSON value of an answer that is being merged; texts stay escaped and numbers as written.</summary>
internal sealed class MergedValue
{
    private readonly List<(byte[] Name, MergedValue Value)> _members = [];
    private readonly SortedDictionary<int, MergedValue> _entries = [];
    private readonly ArrayBufferWriter<byte> _bytes = new(16);
    private MergedCalls? _calls;
    private Shape _shape;

    private enum Shape
    {
        None,
        Raw,
        Text,
        Object,
        Entries,
        Calls,
        List,
    }

    /// <summary>The members of an object, in the order in which they came.</summary>
    public IReadOnlyList<(byte[] Name, MergedValue Value)> Members => _members;

    /// <summary>The entries of a list with indexes, by index.</summary>
    public IEnumerable<MergedValue> Entries => _entries.Values;

    /// <summary>It has been nothing but null so far.</summary>
    public bool IsEmpty => _shape == Shape.None;

    /// <summary>There is something in it: a text that is not empty, a call, a member.</summary>
    public bool IsFilled => _shape switch
    {
        Shape.None => false,
        Shape.Text or Shape.List => _bytes.WrittenCount > 0,
        Shape.Raw => _bytes.WrittenCount > 2,
        Shape.Object => _members.Count > 0,
        Shape.Entries => _entries.Count > 0,
        Shape.Calls => true,
        _ => throw new InvalidOperationException(),
    };

    public ReadOnlySpan<byte> Raw => _bytes.WrittenSpan;

    public MergedValue? Find(ReadOnlySpan<byte> name)
    {
        foreach (var (known, value) in _members)
        {
            if (name.SequenceEqual(known))
            {
                return value;
            }
        }

        return null;
    }

    public MergedValue FindOrAdd(ReadOnlySpan<byte> name)
    {
        if (Find(name) is { } known)
        {
            return known;
        }

        var value = new MergedValue();
        _members.Add((name.ToArray(), value));
        return value;
    }

    public void SetRaw(ReadOnlySpan<byte> json)
    {
        _shape = Shape.Raw;
        _bytes.ResetWrittenCount();
        _bytes.Write(json);
    }

    /// <summary>Takes the value that the reader stands on, and leaves the reader at its end.</summary>
    public void Take(ref Utf8JsonReader reader, ReadOnlySpan<byte> json, MergeRule rule)
    {
        if (reader.TokenType == JsonTokenType.Null)
        {
            return;
        }

        if (reader.TokenType == JsonTokenType.String && rule is MergeRule.Text or MergeRule.Delta or MergeRule.Name)
        {
            TakeText(reader.ValueSpan, rule);
        }
        else if (reader.TokenType == JsonTokenType.StartObject && rule is MergeRule.Chunk or MergeRule.Choice or MergeRule.Delta or MergeRule.Lists)
        {
            TakeMembers(ref reader, json, rule);
        }
        else if (reader.TokenType == JsonTokenType.StartArray && rule == MergeRule.Choices)
        {
            TakeEntries(ref reader, json);
        }
        else if (reader.TokenType == JsonTokenType.StartArray && rule == MergeRule.Calls)
        {
            (_shape, _calls) = (Shape.Calls, _calls ?? new MergedCalls());
            _calls.Take(ref reader, json);
        }
        else if (rule == MergeRule.First && IsFilled)
        {
            reader.Skip();
        }
        else if (reader.TokenType == JsonTokenType.StartArray && rule is MergeRule.Delta or MergeRule.Lists)
        {
            TakeItems(ref reader, json);
        }
        else
        {
            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            SetRaw(json[start..(int)reader.BytesConsumed]);
        }
    }

    public void WriteTo(IBufferWriter<byte> output)
    {
        switch (_shape)
        {
            case Shape.None:
                output.Write("null"u8);
                break;
            case Shape.Text:
                output.Write("\""u8);
                output.Write(_bytes.WrittenSpan);
                output.Write("\""u8);
                break;
            case Shape.List:
                output.Write("["u8);
                output.Write(_bytes.WrittenSpan);
                output.Write("]"u8);
                break;
            case Shape.Object:
                WriteMembers(output);
                break;
            case Shape.Entries:
                WriteAll(_entries.Values, output);
                break;
            case Shape.Calls:
                WriteAll(_calls!.InOrder, output);
                break;
            case Shape.Raw:
            default:
                output.Write(_bytes.WrittenSpan);
                break;
        }
    }

    private void TakeText(ReadOnlySpan<byte> text, MergeRule rule)
    {
        _shape = Shape.Text;
        if (rule != MergeRule.Name || !text.SequenceEqual(_bytes.WrittenSpan))
        {
            _bytes.Write(text);
        }
    }

    private void TakeMembers(ref Utf8JsonReader reader, ReadOnlySpan<byte> json, MergeRule rule)
    {
        _shape = Shape.Object;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.ValueSpan;
            var place = MergePlace.Of(rule, name);
            reader.Read();
            FindOrAdd(place.Name.IsEmpty ? name : place.Name).Take(ref reader, json, place.Rule);
        }
    }

    private void TakeEntries(ref Utf8JsonReader reader, ReadOnlySpan<byte> json)
    {
        _shape = Shape.Entries;
        for (var position = 0; reader.Read() && reader.TokenType != JsonTokenType.EndArray; position++)
        {
            var index = MergePlace.IndexOf(reader) ?? position;
            if (!_entries.TryGetValue(index, out var entry))
            {
                _entries[index] = entry = new MergedValue();
            }

            entry.Take(ref reader, json, MergeRule.Choice);
        }
    }

    public void RemoveIndex() => _members.RemoveAll(static member => member.Name.AsSpan().SequenceEqual("index"u8));

    private void TakeItems(ref Utf8JsonReader reader, ReadOnlySpan<byte> json)
    {
        _shape = Shape.List;
        var start = (int)reader.BytesConsumed;
        reader.Skip();
        var items = json[start..((int)reader.BytesConsumed - 1)].Trim(" \t\r\n"u8);
        if (items.IsEmpty)
        {
            return;
        }

        if (_bytes.WrittenCount > 0)
        {
            _bytes.Write(","u8);
        }

        _bytes.Write(items);
    }

    private void WriteMembers(IBufferWriter<byte> output)
    {
        var separator = "{"u8;
        foreach (var (name, value) in _members)
        {
            output.Write(separator);
            output.Write("\""u8);
            output.Write(name);
            output.Write("\":"u8);
            value.WriteTo(output);
            separator = ","u8;
        }

        output.Write(_members.Count == 0 ? "{}"u8 : "}"u8);
    }

    private static void WriteAll(IEnumerable<MergedValue> entries, IBufferWriter<byte> output)
    {
        output.Write("["u8);
        var first = true;
        foreach (var entry in entries)
        {
            output.Write(first ? default : ","u8);
            first = false;
            entry.WriteTo(output);
        }

        output.Write("]"u8);
    }
}
