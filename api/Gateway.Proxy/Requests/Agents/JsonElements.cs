using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace Gateway.Proxy.Requests.Agents;

/// <summary>The elements of a JSON array, where they lie: some can be left out while every other byte stays as it came.</summary>
internal sealed class JsonElements
{
    private readonly List<(int Start, int End)> _all = [];

    private JsonElements(ReadOnlyMemory<byte> array) => Array = array;

    public ReadOnlyMemory<byte> Array { get; }

    public int Count => _all.Count;

    public ReadOnlyMemory<byte> this[int index] => Array[_all[index].Start.._all[index].End];

    /// <summary>Finds the elements of a value that was checked to be JSON; false where it is no array.</summary>
    public static bool TryRead(ReadOnlyMemory<byte> value, [NotNullWhen(true)] out JsonElements? elements)
    {
        elements = null;
        var reader = new Utf8JsonReader(value.Span, JsonMembers.Options);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartArray)
        {
            return false;
        }

        elements = new JsonElements(value);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            elements._all.Add((start, (int)reader.BytesConsumed));
        }

        return true;
    }

    /// <summary>Where the first element ends; 0 where there is none.</summary>
    public static int EndOfFirst(ReadOnlySpan<byte> value)
    {
        var reader = new Utf8JsonReader(value, JsonMembers.Options);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartArray || !reader.Read() || reader.TokenType == JsonTokenType.EndArray)
        {
            return 0;
        }

        reader.Skip();
        return (int)reader.BytesConsumed;
    }

    /// <summary>The array without some of its elements, and with another one before the rest; null where nothing would be left.</summary>
    /// <param name="leaves">The places of what is left out.</param>
    /// <param name="first">What then stands first; empty: nothing is added.</param>
    public byte[]? Without(IReadOnlySet<int> leaves, ReadOnlySpan<byte> first = default)
    {
        var output = new ArrayBufferWriter<byte>(Array.Length + first.Length + 1);
        output.Write(Array.Span[.._all[0].Start]);
        output.Write(first);
        var any = !first.IsEmpty;
        for (var i = 0; i < _all.Count; i++)
        {
            if (leaves.Contains(i))
            {
                continue;
            }

            if (any)
            {
                output.Write(i == 0 ? ","u8 : Array.Span[_all[i - 1].End.._all[i].Start]);
            }

            output.Write(this[i].Span);
            any = true;
        }

        output.Write(Array.Span[_all[^1].End..]);
        return any ? output.WrittenSpan.ToArray() : null;
    }
}
