namespace Gateway.TestModels;

/// <summary>One tensor of a model file.</summary>
/// <param name="Name">As the architecture calls it.</param>
/// <param name="Shape">Fastest dimension first.</param>
/// <param name="Values">None: all zero, left as a hole in the file.</param>
/// <param name="HalfPrecision">Two bytes a value instead of four.</param>
internal sealed record GgufTensor(string Name, int[] Shape, double[]? Values, bool HalfPrecision)
{
    public long ByteLength => Shape.Aggregate(HalfPrecision ? 2L : 4L, static (product, size) => product * size);

    public byte[] ToBytes()
    {
        var bytes = new byte[ByteLength];
        using var writer = new BinaryWriter(new MemoryStream(bytes));
        foreach (var value in Values ?? [])
        {
            if (HalfPrecision)
            {
                writer.Write((Half)value);
            }
            else
            {
                writer.Write((float)value);
            }
        }

        return bytes;
    }
}
