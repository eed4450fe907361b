using System.Text;
using Gateway.Engines;
using Xunit;

namespace Gateway.Tests.Engines;

public sealed class TgiTests
{
    [Theory]
    [InlineData("\"\\n\"", "[\"\\n\"]")]
    [InlineData(" \"a\" ", "[\"a\"]")]
    [InlineData("[\"a\"]", null)]
    [InlineData("null", null)]
    [InlineData("\"", null)]
    [InlineData("", null)]
    public void Stop_OneText_BecomesAList(string value, string? expected) => AssertReplaced(expected, Fix("stop", value));

    [Theory]
    [InlineData("1", true)]
    [InlineData("1.0", true)]
    [InlineData(" 1e0\n", true)]
    [InlineData("0.99999999999", true)]
    [InlineData("0.9999", false)]
    [InlineData("1.5", false)]
    [InlineData("null", false)]
    [InlineData("1x", false)]
    [InlineData("", false)]
    public void TopP_One_IsDropped(string value, bool dropped) => Assert.Equal(dropped, Fix("top_p", value).Drop);

    [Theory]
    [InlineData("0")]
    [InlineData("1.5")]
    [InlineData("null")]
    public void PresencePenalty_AnyValue_IsDropped(string value) => Assert.True(Fix("presence_penalty", value).Drop);

    [Theory]
    [InlineData("{\"50256\":-100}", true)]
    [InlineData(" {}", true)]
    [InlineData("[0.5]", false)]
    [InlineData("null", false)]
    public void LogitBias_Object_IsDropped(string value, bool dropped) => Assert.Equal(dropped, Fix("logit_bias", value).Drop);

    [Theory]
    [InlineData("{\"type\":\"json_schema\",\"json_schema\":{\"name\":\"city\",\"strict\":true,\"schema\":{ \"properties\" : {\"n\":{\"type\":\"number\",\"maximum\":1.50}} }}}", "{\"type\":\"json\",\"value\":{ \"properties\" : {\"n\":{\"type\":\"number\",\"maximum\":1.50}} }}")]
    [InlineData(" { \"json_schema\" : {\"schema\":{}} , \"type\" : \"json_schema\" } ", "{\"type\":\"json\",\"value\":{}}")]
    [InlineData("{\"type\":\"json_object\"}", null)]
    [InlineData("{\"type\":\"json\",\"value\":{}}", null)]
    [InlineData("{\"type\":\"json_schema\",\"json_schema\":7}", null)]
    [InlineData("{\"type\":\"json_schema\"}", null)]
    [InlineData("{\"type\":7}", null)]
    [InlineData("{\"type\":", null)]
    [InlineData("[1]", null)]
    [InlineData("null", null)]
    [InlineData("", null)]
    public void ResponseFormat_Schema_MovesToValue(string value, string? expected) => AssertReplaced(expected, Fix("response_format", value));

    [Fact]
    public void ResponseFormat_DeepSchema_MovesToValue()
    {
        var deep = string.Concat(Enumerable.Repeat("{\"a\":", 200)) + "1" + new string('}', 200);

        var edit = Fix("response_format", "{\"type\":\"json_schema\",\"json_schema\":{\"schema\":" + deep + "}}");

        AssertReplaced("{\"type\":\"json\",\"value\":" + deep + "}", edit);
    }

    [Fact]
    public void ResponseFormat_Text_IsDropped() => Assert.True(Fix("response_format", "{ \"type\": \"text\" }").Drop);

    [Theory]
    [InlineData("[]")]
    [InlineData("[ \n]")]
    public void Tools_EmptyList_IsDropped(string value) => Assert.True(Fix("tools", value).Drop);

    [Theory]
    [InlineData("[{\"type\":\"function\",\"function\":{\"name\":\"now\"}}]", "[{\"type\":\"function\",\"function\":{\"name\":\"now\",\"parameters\":{}}}]")]
    [InlineData("[{\"type\":\"function\",\"function\":{\"name\":\"now\",\"parameters\":{\"type\":\"object\"}}}]", null)]
    [InlineData("[{\"type\":\"function\"}]", null)]
    [InlineData("[7,null]", null)]
    [InlineData("{\"function\":{}}", null)]
    [InlineData("[{\"function\":{\"\\ud800\":1}}]", null)]
    [InlineData("[{", null)]
    [InlineData("", null)]
    public void Tools_FunctionWithoutParameters_GetsEmptyOnes(string value, string? expected) =>
        AssertReplaced(expected, Tgi.Profile.Requests.Fixes.Last(fix => fix.Field == "tools").Rule(Encoding.UTF8.GetBytes(value)));

    [Theory]
    [InlineData("stream")]
    [InlineData("stream_options")]
    [InlineData("max_completion_tokens")]
    public void Null_WhereItIsRefused_IsDropped(string field)
    {
        Assert.True(Fix(field, "null").Drop);
        Assert.Equal(FieldEdit.Keep, Fix(field, "1"));
    }

    [Theory]
    [InlineData("{\"router\":\"text-generation-router\",\"version\":\"3.3.6-dev0\"}", 200, true)]
    [InlineData("{\"router\":\"text-embeddings-router\"}", 200, false)]
    [InlineData("{\"router\":\"text-generation-router\"}", 404, false)]
    public void Detection_Info_IsToldByTheRoutersName(string body, int status, bool found) =>
        Assert.Equal(found, Tgi.Profile.Detection!.Recognise(new DetectionAnswer(status, "", body)));

    private static FieldEdit Fix(string field, string value) =>
        Tgi.Profile.Requests.Fixes.First(fix => fix.Field == field).Rule(Encoding.UTF8.GetBytes(value));

    private static void AssertReplaced(string? expected, FieldEdit edit)
    {
        Assert.False(edit.Drop);
        Assert.Equal(expected, edit.Value is null ? null : Encoding.UTF8.GetString(edit.Value));
    }
}
