using System.Buffers;
using System.Text;
using Gateway.Proxy.Responses;
using Xunit;

namespace Gateway.Tests.Streams;

/// <summary>Where a frame ends, and what of it is data.</summary>
public sealed class SseFrameTests
{
    [Theory]
    [InlineData("data: x\n\nrest", 9)]
    [InlineData("data: x\r\n\r\nrest", 11)]
    [InlineData("data: x\n\r\nrest", 10)]
    [InlineData("data: x\r\n\nrest", 10)]
    [InlineData("\n\ndata: x\n\n", 2)]
    [InlineData("\r\n\r\n", 4)]
    [InlineData("\ndata: x\n\n", 10)]
    [InlineData(": comment\n\n", 11)]
    [InlineData("data: a\ndata: b\n\n", 17)]
    [InlineData("", -1)]
    [InlineData("data: x", -1)]
    [InlineData("data: x\n", -1)]
    [InlineData("data: x\r\n", -1)]
    [InlineData("data: x\n\r", 9)]
    [InlineData("data: x\r\n\r", 10)]
    [InlineData("data: x\r", -1)]
    [InlineData("data: x\r\r", 9)]
    [InlineData("data: x\r\r\n", 10)]
    [InlineData("data: x\r\rdata: y\r\r", 9)]
    [InlineData("\rdata: x\r\r", 10)]
    [InlineData("data: x\n \n", -1)]
    public void FindEnd_Bytes_IsBehindTheFirstBlankLine(string bytes, int expected) => Assert.Equal(expected, SseFrame.FindEnd(Encoding.UTF8.GetBytes(bytes)));

    [Theory]
    [InlineData("data: {\"a\":1}\n\n", "", "{\"a\":1}", 6)]
    [InlineData("data:{\"a\":1}\n\n", "", "{\"a\":1}", 5)]
    [InlineData("data:  x\n\n", "", " x", 6)]
    [InlineData("data: x\r\n\r\n", "", "x", 6)]
    [InlineData("event: ping\ndata: x\nid: 1\n\n", "ping", "x", 18)]
    [InlineData("id: 1\r\nevent:ping\r\ndata:x\r\nretry: 5\r\n\r\n", "ping", "x", 24)]
    [InlineData(": keep-alive\ndata: x\n\n", "", "x", 19)]
    [InlineData("data: a\ndata: b\n\n", "", "a\nb", -1)]
    [InlineData("data: a\n: comment\ndata: b\r\nevent: e\ndata:c\n\n", "e", "a\nb\nc", -1)]
    [InlineData("event: a\nevent: b\ndata: x\n\n", "b", "x", 24)]
    [InlineData("\ndata: x\n\n", "", "x", 7)]
    [InlineData("data: x", "", "x", 6)]
    [InlineData(": data: x\n\n", "", "", -1)]
    [InlineData("event: ping\n\n", "ping", "", -1)]
    [InlineData("event: e\rdata: x\r\r", "e", "x", 15)]
    [InlineData("data: a\rdata: b\r\ndata: c\n\n", "", "a\nb\nc", -1)]
    [InlineData("data: a\ndata\ndata: b\n\n", "", "a\n\nb", -1)]
    [InlineData("event\ndata: x\n\n", "", "x", 12)]
    [InlineData("event: e\nevent\ndata: x\n\n", "", "x", 21)]
    [InlineData("data:\n\n", "", "", -1)]
    [InlineData("data\n\n", "", "", -1)]
    [InlineData("database: x\n\n", "", "", -1)]
    [InlineData("Data: x\n\n", "", "", -1)]
    [InlineData(" data: x\n\n", "", "", -1)]
    public void Parse_Frame_GivesItsNameAndData(string bytes, string name, string data, int start)
    {
        var frame = SseFrame.Parse(Encoding.UTF8.GetBytes(bytes));

        Assert.Equal((name, data), (Encoding.UTF8.GetString(frame.Event), Encoding.UTF8.GetString(frame.Data)));
        Assert.Equal(data.Length > 0, frame.HasData);
        if (frame.HasData)
        {
            Assert.Equal(start, frame.DataStart);
        }
    }

    [Theory]
    [InlineData("data: {\"a\":1}\n\n", "data: {\"a\":2}\n\n")]
    [InlineData("id: 7\r\ndata:{\"a\":1}\r\nevent: e\r\n\r\n", "id: 7\r\ndata:{\"a\":2}\r\nevent: e\r\n\r\n")]
    [InlineData("id: 7\ndata: {\ndata: \"a\":1}\nevent: e\n\n", "id: 7\ndata: {\ndata: \"a\":2}\nevent: e\n\n")]
    [InlineData("data:{\r\n: c\r\ndata:\"a\":1}\r\n\r\n", "data: {\r\ndata: \"a\":2}\r\n: c\r\n\r\n")]
    [InlineData("id: 7\rdata: {\"a\":1}\revent: e\r\r", "id: 7\rdata: {\"a\":2}\revent: e\r\r")]
    [InlineData("data: {\rdata: \"a\":1}\r\r", "data: {\r\ndata: \"a\":2}\r\n\r")]
    [InlineData("data: {\rdata: \"a\":1}\n\n", "data: {\r\ndata: \"a\":2}\r\n\n")]
    public void WriteEdited_Frame_KeepsWhatIsNotEdited(string bytes, string expected)
    {
        var raw = Encoding.UTF8.GetBytes(bytes);
        var frame = SseFrame.Parse(raw);
        var output = new ArrayBufferWriter<byte>();

        frame.WriteEdited(raw, [new Splice(frame.Data.Length - 2, 1, "2"u8.ToArray())], default, output);

        Assert.Equal(expected, Encoding.UTF8.GetString(output.WrittenSpan));
    }

    [Theory]
    [InlineData("error: {\"message\":\"no\"}\n\n", "{\"message\":\"no\"}")]
    [InlineData("error:no\r\n\r\n", "no")]
    [InlineData("error\n\n", "")]
    [InlineData("{\"error\":1}\n\n", "{\"error\":1}\n\n")]
    [InlineData("errors: no\n\n", "")]
    [InlineData("data: {\"error\":1}\n\n", "")]
    public void Parse_FrameWithSomethingOutsideOfItsFields_GivesIt(string bytes, string expected) =>
        Assert.Equal(expected, Encoding.UTF8.GetString(SseFrame.Parse(Encoding.UTF8.GetBytes(bytes)).Unframed));

    [Fact]
    public void WriteEdited_NewName_StandsForTheOldOne()
    {
        var raw = "id: 1\r\nevent: old\r\ndata: {\"a\":1}\r\n\r\n"u8;
        var output = new ArrayBufferWriter<byte>();

        SseFrame.Parse(raw).WriteEdited(raw, [], "new"u8, output);

        Assert.Equal("id: 1\r\nevent: new\r\ndata: {\"a\":1}\r\n\r\n", Encoding.UTF8.GetString(output.WrittenSpan));
    }
}
