using System.Text;
using Gateway.Engines;
using Gateway.Engines.Endpoints;
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

    private static FieldFix Fix(string engine, string field) => EngineCatalog.Find(engine)!.Requests.Fixes.Single(fix => fix.Field == field);
}
