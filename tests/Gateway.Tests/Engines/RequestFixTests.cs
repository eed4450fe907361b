using System.Text;
using Gateway.Endpoints;
using Gateway.Engines;
using Xunit;

namespace Gateway.Tests.Engines;

/// <summary>The members of requests that profiles mend by code.</summary>
public sealed class RequestFixTests
{
    [Theory]
    [InlineData("""{"type":"json_object"}""")]
    [InlineData("""{ "type" : "json_object" }""")]
    public void LmStudio_JsonObject_BecomesTheSchemaOfAnyObject(string value)
    {
        var edit = Fix("lmstudio", "response_format").Rule(Encoding.UTF8.GetBytes(value));

        Assert.Equal("""{"type":"json_schema","json_schema":{"name":"json_object","schema":{"type":"object"}}}""", Encoding.UTF8.GetString(edit.Value!));
    }

    [Theory]
    [InlineData("""{"type":"text"}""")]
    [InlineData("""{"type":"json_schema","json_schema":{"name":"x","schema":{"type":"object"}}}""")]
    [InlineData("""{"type":"json_object","more":1}""")]
    [InlineData("null")]
    [InlineData("\"json_object\"")]
    public void LmStudio_AnyOtherFormat_StaysAsItIs(string value)
    {
        var edit = Fix("lmstudio", "response_format").Rule(Encoding.UTF8.GetBytes(value));

        Assert.Equal(FieldEdit.Keep, edit);
    }

    [Fact]
    public void LmStudio_JsonObject_IsMendedOnChatOnly() =>
        Assert.Equal([EndpointId.ChatCompletions], Fix("lmstudio", "response_format").Endpoints!);

    [Theory]
    [InlineData("lmstudio", "mcp")]
    [InlineData("ollama", "web_search")]
    public void Tools_OfTheTypeThatLeadsAway_AreLeftOutAndTheOthersKeepTheirBytes(string engine, string type)
    {
        const string Other = """{"type":"function","name":"f","parameters":{"maximum":1.50e3, "x":"ü"}}""";

        var edit = Fix(engine, "tools").Rule(Encoding.UTF8.GetBytes($$"""[{"type":"{{type}}","server_url":"http://10.0.0.1"},{{Other}}, {"type":"{{type.ToUpperInvariant()}}"}]"""));

        Assert.Equal($"[{Other}]", Encoding.UTF8.GetString(edit.Value!));
    }

    [Theory]
    [InlineData("""[{"type":"mcp"}]""", true)]
    [InlineData("""[{"type":"function"}]""", false)]
    [InlineData("[]", false)]
    [InlineData("null", false)]
    [InlineData("""[7,"mcp",null]""", false)]
    public void Tools_WithNothingLeft_AreDroppedAndWithNothingToLeaveOutKept(string value, bool drops) =>
        Assert.Equal(drops ? FieldEdit.Remove : FieldEdit.Keep, Fix("lmstudio", "tools").Rule(Encoding.UTF8.GetBytes(value)));

    // Whatever a lenient engine might take for the type that leads away.
    [Theory]
    [InlineData("""[{"type":"function","type":"mcp"}]""")]
    [InlineData("""[{"type":"mcp","type":"function"}]""")]
    [InlineData("""[{"type":"function","Type":"MCP"}]""")]
    [InlineData("""[{"t\u0079pe":"\u006dcp"}]""")]
    [InlineData("""[{"\ud800":1,"type":"mcp"}]""")]
    [InlineData("""[{"type":"\ud800"},{"type":"mcp"}]""")]
    public void Tools_HiddenType_AreLeftOut(string value) => Assert.Equal(FieldEdit.Remove, Fix("lmstudio", "tools").Rule(Encoding.UTF8.GetBytes(value)));

    [Fact]
    public void Tools_DeepBesideTheTypeThatLeadsAway_KeepTheirBytes()
    {
        var deep = $$"""{"type":"function","parameters":{{new string('[', 300)}}{{new string(']', 300)}}}""";

        var edit = Fix("lmstudio", "tools").Rule(Encoding.UTF8.GetBytes($$"""[{{deep}},{"type":"mcp"}]"""));

        Assert.Equal($"[{deep}]", Encoding.UTF8.GetString(edit.Value!));
    }

    private static FieldFix Fix(string engine, string field) => EngineCatalog.Find(engine)!.Requests.Fixes.Single(fix => fix.Field == field);
}
