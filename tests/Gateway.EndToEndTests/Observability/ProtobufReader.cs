using System.Buffers.Binary;
using System.Text;

namespace Gateway.EndToEndTests.Observability;

/// <summary>The fields of one protobuf message, as far as traces use them: varints, fixed numbers, and what has a length.</summary>
internal static class ProtobufReader
{
    /// <summary>Number and value of each field: a <c>ulong</c>, or the bytes of a text, a list or a message.</summary>
    public static IEnumerable<(int Field, object Value)> Read(byte[] message)
    {
        for (var at = 0; at < message.Length;)
        {
            var tag = Varint(message, ref at);
            var field = (int)(tag >> 3);
            switch (tag & 7)
            {
                case 0:
                    yield return (field, Varint(message, ref at));
                    break;
                case 1:
                    yield return (field, BinaryPrimitives.ReadUInt64LittleEndian(message.AsSpan(at, 8)));
                    at += 8;
                    break;
                case 2:
                    var length = (int)Varint(message, ref at);
                    yield return (field, message[at..(at + length)]);
                    at += length;
                    break;
                case 5:
                    yield return (field, (ulong)BinaryPrimitives.ReadUInt32LittleEndian(message.AsSpan(at, 4)));
                    at += 4;
                    break;
                default:
                    throw new FormatException($"The wire type {tag & 7} is none of today's.");
            }
        }
    }

    public static IEnumerable<byte[]> Messages(byte[] message, int field) => Read(message).Where(one => one.Field == field).Select(one => (byte[])one.Value);

    public static string Text(byte[] message, int field) => Encoding.UTF8.GetString(Messages(message, field).FirstOrDefault() ?? []);

    public static ulong Number(byte[] message, int field) => Read(message).Where(one => one.Field == field).Select(one => (ulong)one.Value).FirstOrDefault();

    private static ulong Varint(byte[] message, ref int at)
    {
        ulong value = 0;
        for (var shift = 0; ; shift += 7)
        {
            var next = message[at++];
            value |= (ulong)(next & 0x7f) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }
    }
}
