using System.Text;

namespace Gateway.TestModels;

/// <summary>Collects metadata and tensors and writes them as a GGUF file, version 3.</summary>
internal sealed class GgufFile : IDisposable
{
    private const int Alignment = 32;
    private readonly BinaryWriter _metadata = new(new MemoryStream());
    private readonly List<GgufTensor> _tensors = [];
    private ulong _metadataCount;

    // The numbers of the value types in the file format.
    private enum ValueType : uint
    {
        UInt32 = 4,
        Int32 = 5,
        Float32 = 6,
        Bool = 7,
        Text = 8,
        Array = 9,
    }

    public void Add(string key, int value)
    {
        Begin(key, ValueType.UInt32);
        _metadata.Write((uint)value);
    }

    public void Add(string key, float value)
    {
        Begin(key, ValueType.Float32);
        _metadata.Write(value);
    }

    public void Add(string key, bool value)
    {
        Begin(key, ValueType.Bool);
        _metadata.Write(value);
    }

    public void Add(string key, string value)
    {
        Begin(key, ValueType.Text);
        WriteText(_metadata, value);
    }

    public void Add(string key, IEnumerable<string> values) =>
        AddArray(key, ValueType.Text, [.. values], static (writer, value) => WriteText(writer, value));

    public void Add(string key, IEnumerable<float> values) =>
        AddArray(key, ValueType.Float32, [.. values], static (writer, value) => writer.Write(value));

    public void Add(string key, IEnumerable<int> values) =>
        AddArray(key, ValueType.Int32, [.. values], static (writer, value) => writer.Write(value));

    public void Add(GgufTensor tensor) => _tensors.Add(tensor);

    public void Write(string path)
    {
        using var file = File.Create(path);
        var offsets = PlaceTensors(out var end);
        file.Write(Head(offsets));
        var start = Align(file.Length);
        foreach (var (tensor, offset) in _tensors.Zip(offsets))
        {
            if (tensor.Values is not null)
            {
                file.Position = start + offset;
                file.Write(tensor.ToBytes());
            }
        }

        file.SetLength(start + end);
    }

    public void Dispose() => _metadata.Dispose();

    private static long Align(long position) => (position + Alignment - 1) / Alignment * Alignment;

    private static void WriteText(BinaryWriter writer, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        writer.Write((ulong)bytes.Length);
        writer.Write(bytes);
    }

    private void Begin(string key, ValueType type)
    {
        _metadataCount++;
        WriteText(_metadata, key);
        _metadata.Write((uint)type);
    }

    private void AddArray<T>(string key, ValueType type, T[] values, Action<BinaryWriter, T> write)
    {
        Begin(key, ValueType.Array);
        _metadata.Write((uint)type);
        _metadata.Write((ulong)values.Length);
        foreach (var value in values)
        {
            write(_metadata, value);
        }
    }

    private long[] PlaceTensors(out long end)
    {
        end = 0;
        var offsets = new long[_tensors.Count];
        for (var i = 0; i < offsets.Length; i++)
        {
            offsets[i] = end;
            end += Align(_tensors[i].ByteLength);
        }

        return offsets;
    }

    private byte[] Head(long[] offsets)
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        writer.Write("GGUF"u8);
        writer.Write(3u);
        writer.Write((ulong)_tensors.Count);
        writer.Write(_metadataCount);
        writer.Write(((MemoryStream)_metadata.BaseStream).ToArray());
        foreach (var (tensor, offset) in _tensors.Zip(offsets))
        {
            WriteText(writer, tensor.Name);
            writer.Write((uint)tensor.Shape.Length);
            Array.ForEach(tensor.Shape, size => writer.Write((ulong)size));
            writer.Write(tensor.HalfPrecision ? 1u : 0u);
            writer.Write(offset);
        }

        return stream.ToArray();
    }
}
