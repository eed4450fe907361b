using System.Buffers;
using System.Text;
using Gateway.Proxy.Responses;
using Xunit;

namespace Gateway.Tests.Streams;

/// <summary>A piece of an answer before an inspector, and as the client would see it.</summary>
internal static class Inspecting
{
    public static PieceKind Look(this AnswerInspector inspector, string json, string name = "") =>
        inspector.Inspect(Encoding.UTF8.GetBytes(name), Encoding.UTF8.GetBytes(json));

    /// <summary>The piece with its mendings made; it has to be sound.</summary>
    public static string Edit(this AnswerInspector inspector, string json)
    {
        Assert.Equal(PieceKind.Sound, inspector.Look(json));
        var output = new ArrayBufferWriter<byte>();
        Splice.Write(Encoding.UTF8.GetBytes(json), inspector.Splices, output);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }
}
