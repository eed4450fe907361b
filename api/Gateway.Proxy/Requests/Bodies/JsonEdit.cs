using System.Buffers;

namespace Gateway.Proxy.Requests;

/// <summary>Edits the top level of a JSON object; bytes outside changed members stay as they were.</summary>
public sealed class JsonEdit(JsonMembers members)
{
    // Most bodies pass as they are, and most others have one change.
    private Dictionary<int, byte[]?>? _changed;
    private List<(byte[] Name, byte[] Value)>? _added;

    public bool IsEmpty => _changed is null && _added is null;

    /// <summary>Drops the member at that place.</summary>
    public void Drop(int index) => (_changed ??= [])[index] = null;

    public void Replace(int index, byte[] value) => (_changed ??= [])[index] = value;

    /// <summary>Drops every member of that name.</summary>
    public void Drop(ReadOnlySpan<byte> name)
    {
        for (var i = 0; i < members.All.Count; i++)
        {
            if (members.All[i].Is(name))
            {
                Drop(i);
            }
        }
    }

    /// <summary>Gives the first member of that name this value, or adds one.</summary>
    public void Set(ReadOnlySpan<byte> name, byte[] value)
    {
        for (var i = 0; i < members.All.Count; i++)
        {
            if (members.All[i].Is(name))
            {
                Replace(i, value);
                return;
            }
        }

        Add(name.ToArray(), value);
    }

    /// <summary>Adds a member at the end, or gives one that was added another value.</summary>
    public void Add(byte[] name, byte[] value)
    {
        _added ??= [];
        _added.RemoveAll(added => added.Name.AsSpan().SequenceEqual(name));
        _added.Add((name, value));
    }

    /// <summary>The value a member will have: changed or original; null when it is dropped or absent.</summary>
    public ReadOnlyMemory<byte>? Current(ReadOnlySpan<byte> name)
    {
        for (var i = 0; i < members.All.Count; i++)
        {
            if (members.All[i].Is(name))
            {
                return Current(i);
            }
        }

        foreach (var (added, value) in _added ?? [])
        {
            if (name.SequenceEqual(added))
            {
                return value;
            }
        }

        return null;
    }

    /// <summary>The value the member at that place will have; null when it is dropped.</summary>
    public ReadOnlyMemory<byte>? Current(int index)
    {
        if (_changed is null || !_changed.TryGetValue(index, out var value))
        {
            return members.Body[members.All[index].ValueStart..members.All[index].End];
        }

        // In a conditional expression the null would become empty memory.
        if (value is null)
        {
            return null;
        }

        return value;
    }

    /// <param name="size">About how long it will be, in bytes.</param>
    public byte[] ToArray(int size)
    {
        using var buffer = new BodyBuffer(size);
        WriteTo(buffer);
        return buffer.Written.ToArray();
    }

    public void WriteTo(IBufferWriter<byte> output)
    {
        var body = members.Body.Span;
        var all = members.All;
        var any = false;
        output.Write(body[..(all.Count == 0 ? body.LastIndexOf((byte)'}') : all[0].Start)]);
        for (var i = 0; i < all.Count; i++)
        {
            byte[]? value = null;
            var changed = _changed?.TryGetValue(i, out value) == true;
            if (changed && value is null)
            {
                continue;
            }

            if (any)
            {
                output.Write(body[all[i - 1].End..all[i].Start]);
            }

            any = true;
            output.Write(body[all[i].Start..(changed ? all[i].ValueStart : all[i].End)]);
            output.Write(changed ? value : []);
        }

        foreach (var (name, value) in _added ?? [])
        {
            output.Write(any ? ",\""u8 : "\""u8);
            output.Write(name);
            output.Write("\":"u8);
            output.Write(value);
            any = true;
        }

        output.Write(body[(all.Count == 0 ? body.LastIndexOf((byte)'}') : all[^1].End)..]);
    }
}
