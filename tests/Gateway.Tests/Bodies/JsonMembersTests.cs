using System.Text;
using System.Text.Json;
using Gateway.Proxy.Requests;
using Xunit;

namespace Gateway.Tests.Bodies;

/// <summary>Where the members of a body lie, and what is no body.</summary>
public sealed class JsonMembersTests
{
    [Theory]
    [InlineData("{}", "")]
    [InlineData(" \t\r\n{ \n } \r\n", "")]
    [InlineData("""{"a":1}""", "a=1")]
    [InlineData("""{ "a" : "x" , "b" :[ 1, {"a":2} ], "c":{"a":[]},"d":null,"e":true,"f":-1.5e+3 }""", """a="x"|b=[ 1, {"a":2} ]|c={"a":[]}|d=null|e=true|f=-1.5e+3""")]
    [InlineData("""{"a":1,"a":2}""", "a=1|a=2")]
    [InlineData("""{"":0," ":1}""", "=0| =1")]
    [InlineData("{\"a\":\"\\u007d\\\"}\"}", "a=\"\\u007d\\\"}\"")]
    [InlineData("""{"ünï":"😀","日本":"\u65e5"}""", "ünï=\"😀\"|日本=\"\\u65e5\"")]
    public void TryParse_Object_GivesNamesAndValuesAsWritten(string body, string expected)
    {
        var members = Parse(body);

        Assert.Equal(expected, string.Join('|', members.All.Select(member => $"{Text(member.Name)}={Text(members.Value(member))}")));
        Assert.All(members.All, member => Assert.Equal((byte)'"', members.Body.Span[member.Start]));
    }

    [Theory]
    [InlineData("""{"\u006dodel":1}""", "model")]
    [InlineData("""{"m\u006fdel":1}""", "model")]
    [InlineData("""{"a\"b\\c\/d\n":1}""", "a\"b\\c/d\n")]
    [InlineData("""{"\ud83d\ude00":1}""", "😀")]
    [InlineData("""{"\u0000":1}""", "\0")]
    // Half a surrogate pair is no text; the grammar allows it all the same.
    [InlineData("""{"\ud83d":1}""", "\\ud83d")]
    [InlineData("""{"\ude00x":1}""", "\\ude00x")]
    public void TryParse_EscapedName_IsUnescaped(string body, string expected)
    {
        var members = Parse(body);

        Assert.Equal(expected, Text(Assert.Single(members.All).Name));
        Assert.NotNull(members.Find(Encoding.UTF8.GetBytes(expected)));
        Assert.Equal("1", Text(members.Value(members.All[0])));
    }

    [Theory]
    [InlineData("", "The body is empty; it should be a JSON object.")]
    [InlineData("[]", "The body is a JSON array; it should be an object.")]
    [InlineData("[{}]", "The body is a JSON array; it should be an object.")]
    [InlineData("\"x\"", "The body is a JSON string; it should be an object.")]
    [InlineData(" 1 ", "The body is a JSON number; it should be an object.")]
    [InlineData("null", "The body is a JSON null; it should be an object.")]
    [InlineData("true", "The body is a JSON boolean; it should be an object.")]
    [InlineData("false", "The body is a JSON boolean; it should be an object.")]
    public void TryParse_OtherThanObject_SaysWhatItIs(string body, string expected) => Assert.Equal(expected, Fault(Encoding.UTF8.GetBytes(body)));

    [Theory]
    [InlineData(" \r\n", 2, 1)]
    [InlineData("{", 1, 2)]
    [InlineData("""{"a"}""", 1, 5)]
    [InlineData("""{"a":}""", 1, 6)]
    [InlineData("""{"a":1,}""", 1, 8)]
    [InlineData("{\n\"a\":01}", 2, 6)]
    [InlineData("""{"a":1}x""", 1, 8)]
    [InlineData("{}\n{}", 2, 1)]
    [InlineData("{} []", 1, 4)]
    [InlineData("{'a':1}", 1, 2)]
    [InlineData("{a:1}", 1, 2)]
    [InlineData("""{"a":"\x"}""", 1, 8)]
    [InlineData("{\"a\":\"\t\"}", 1, 7)]
    [InlineData("""{"a":NaN}""", 1, 6)]
    [InlineData("""{"a":1 /* x */}""", 1, 8)]
    [InlineData("\ufeff{}", 1, 1)]
    [InlineData("model=x", 1, 1)]
    public void TryParse_NoJson_SaysWhere(string body, int line, int column) =>
        Assert.Equal(FormattableString.Invariant($"The body is not valid JSON: line {line}, byte {column}."), Fault(Encoding.UTF8.GetBytes(body)));

    [Theory]
    [InlineData(new byte[] { 0xff })]
    [InlineData(new byte[] { 0xc3, 0x28 })]
    [InlineData(new byte[] { 0xed, 0xa0, 0x80 })]
    [InlineData(new byte[] { 0xf8, 0x88, 0x80, 0x80, 0x80 })]
    [InlineData(new byte[] { 0xe2, 0x82 })]
    public void TryParse_InvalidUtf8_IsRefused(byte[] text)
    {
        Assert.Equal("The body is not valid UTF-8.", Fault([.. "{\"a\":\""u8, .. text, .. "\"}"u8]));
        Assert.Equal("The body is not valid UTF-8.", Fault([.. "{\""u8, .. text, .. "\":1}"u8]));
    }

    [Theory]
    [InlineData(511, true)]
    [InlineData(512, false)]
    [InlineData(100_000, false)]
    public void TryParse_DeepNesting_IsTakenUpToALimit(int depth, bool valid)
    {
        var body = $$"""{"a":{{new string('[', depth)}}{{new string(']', depth)}}}""";

        Assert.Equal(valid, JsonMembers.TryParse(Encoding.UTF8.GetBytes(body), out _, out _));
    }

    [Theory]
    [InlineData(4096, null)]
    [InlineData(4097, "The body has more than 4096 members.")]
    public void TryParse_ManyMembers_AreTakenUpToALimit(int count, string? fault)
    {
        var body = "{" + string.Join(',', Enumerable.Repeat("\"a\":1", count)) + "}";

        Assert.Equal(fault is null, JsonMembers.TryParse(Encoding.UTF8.GetBytes(body), out _, out var said));
        Assert.Equal(fault, said);
    }

    [Theory]
    [InlineData("{}", false)]
    [InlineData("""{"model":1,"models":2}""", false)]
    [InlineData("""{"model":1,"n":2,"model":1}""", true)]
    [InlineData("""{"model":1,"\u006dodel":1}""", true)]
    // Some engines read names without regard to case, and the last one wins.
    [InlineData("""{"model":1,"Model":2}""", true)]
    [InlineData("""{"MODEL":2}""", true)]
    [InlineData("""{"mod\u0045l":2}""", true)]
    public void IsAmbiguous_Member_IsSeenInEverySpelling(string body, bool expected) => Assert.Equal(expected, Parse(body).IsAmbiguous("model"u8));

    [Theory]
    [InlineData("backend", "backend", true)]
    [InlineData("BackEnd", "backend", true)]
    [InlineData("bac\u212aend", "backend", true)]
    [InlineData("ba\u017fe", "base", true)]
    [InlineData("\u017f", "S", true)]
    [InlineData("backend ", "backend", false)]
    [InlineData("backen", "backend", false)]
    [InlineData("bäckend", "backend", false)]
    [InlineData("[", "{", false)]
    [InlineData("", "", true)]
    public void FoldedName_Names_AreEqualWhateverTheirCase(string name, string other, bool expected)
    {
        var (one, two) = (Encoding.UTF8.GetBytes(name), Encoding.UTF8.GetBytes(other));

        Assert.Equal(expected, FoldedName.Equal(one, two));
        Assert.Equal(expected, FoldedName.Equal(two, one));
        Assert.Equal(expected, FoldedName.StartsWith([.. one, (byte)'_'], [.. two, (byte)'_']));
    }

    [Fact]
    public void Find_Kind_IsTheFirstTokenOfTheValue()
    {
        var members = Parse("""{"a":true,"b":"x","c":{},"d":[]}""");

        Assert.Equal([JsonTokenType.True, JsonTokenType.String, JsonTokenType.StartObject, JsonTokenType.StartArray], members.All.Select(member => member.Kind));
        Assert.Null(members.Find("e"u8));
    }

    private static JsonMembers Parse(string body)
    {
        Assert.True(JsonMembers.TryParse(Encoding.UTF8.GetBytes(body), out var members, out var fault), fault);
        return members;
    }

    private static string? Fault(byte[] body)
    {
        Assert.False(JsonMembers.TryParse(body, out var members, out var fault));
        Assert.Null(members);
        return fault;
    }

    private static string Text(ReadOnlyMemory<byte> bytes) => Text(bytes.Span);

    private static string Text(ReadOnlySpan<byte> bytes) => Encoding.UTF8.GetString(bytes);
}
