using System.Text;
using Gateway.Core.Errors;
using Xunit;

namespace Gateway.Tests.Errors;

/// <summary>Every shape in which engines word an error, and those in which something else answers in their place.</summary>
public sealed class RawEngineErrorTests
{
    /// <summary>Body, then message, type, param, code and status as read; and whether it is OpenAI's own shape.</summary>
    public static TheoryData<string, string, string?, string?, string?, int?, bool> Shapes => new()
    {
        { """{"error":{"message":"m","type":"t","param":"p","code":"c"}}""", "m", "t", "p", "c", null, true },
        { """{"error":{"message":"m","type":"t","param":null,"code":null}}""", "m", "t", null, null, null, true },
        { """{"x":1,"error":{"code":null,"param":null,"type":"t","message":"","y":{}}}""", "", "t", null, null, null, true },
        { """{"error":{"message":"m","type":"t","code":null}}""", "m", "t", null, null, null, false },
        { """{"error":{"message":"m","type":"t","param":null}}""", "m", "t", null, null, null, false },
        { """{"error":{"message":"m","type":null,"param":null,"code":null}}""", "m", null, null, null, null, false },
        { """{"error":{"message":"m","type":"t","param":null,"code":400}}""", "m", "t", null, null, 400, false },
        { """{"error":{"message":"m","type":"t","param":["p"],"code":"c"}}""", "m", "t", null, "c", null, false },
        { """{"error":{"code":503,"message":"m","type":"unavailable_error"}}""", "m", "unavailable_error", null, null, 503, false },
        { """{"error":{"code":"404","message":"m"}}""", "m", null, null, "404", null, false },
        { """{"type":"error","error":{"type":"overloaded_error","message":"m"}}""", "m", "overloaded_error", null, null, null, false },
        { """{"object":"error","message":"m","type":"BadRequestError","param":null,"code":400}""", "m", "BadRequestError", null, null, 400, false },
        { """{"message":"m","type":"t","param":"p","code":"c"}""", "m", "t", "p", "c", null, false },
        { """{"error":"m","error_type":"overloaded"}""", "m", "overloaded", null, null, null, false },
        { """{"error":"m","error_type":"generation","http_status_code":424}""", "m", "generation", null, null, 424, false },
        { """{"error":"m","status_code":429}""", "m", null, null, null, 429, false },
        { """{"error":"m"}""", "m", null, null, null, null, false },
        { """{"error":"m","message":"other","type":"t"}""", "m", "t", null, null, null, false },
        { """{"error":{"error":"m"}}""", "m", null, null, null, null, false },
        { """{"error":{"detail":"m"}}""", "m", null, null, null, null, false },
        { """{"error":null,"message":"m"}""", "m", null, null, null, null, false },
        { """{"detail":"m"}""", "m", null, null, null, null, false },
        { """{"detail":[{"loc":["body","n"],"msg":"m"}]}""", "m", null, "n", null, null, false },
        { """{"detail":[{"loc":["body","messages",0,"role"],"msg":"m"}]}""", "m", null, "messages.0.role", null, null, false },
        { """{"detail":[{"loc":["body","n"],"msg":"m"},{"loc":["body","p"],"msg":"o"}]}""", "m; o", null, null, null, null, false },
        { """{"detail":[7]}""", "[7]", null, null, null, null, false },
        { """{"detail":{"error":"m"}}""", "m", null, null, null, null, false },
        { """{"detail":{"message":"m","type":"t"}}""", "m", "t", null, null, null, false },
        { """[{"error":{"message":"m","code":400}}]""", "m", null, null, null, 400, false },
        { """{"error":{"message":"{\"error\":{\"code\":500,\"message\":\"m\",\"type\":\"t\"}}","type":"api_error","param":null,"code":null}}""", "m", "t", null, null, 500, false },
        { """{"error":"upstream said: {\"error\":{\"message\":\"m\"}}"}""", "m", null, null, null, null, false },
        { """{"error":"upstream said: {\"message\":\"m\"}"}""", """upstream said: {"message":"m"}""", null, null, null, null, false },
        { """{"error":"{\"error\":\"{\\\"error\\\":\\\"m\\\"}\"}"}""", "m", null, null, null, null, false },
        { """{"error":"\"auto\" is no model"}""", "\"auto\" is no model", null, null, null, null, false },
        { """{"error":"{\"n\":1}"}""", """{"n":1}""", null, null, null, null, false },
        { "\"m\"", "m", null, null, null, null, false },
        { "\"m\\n\\u00e4\"", "m\nä", null, null, null, null, false },
        { " \r\n plain text \n", "plain text", null, null, null, null, false },
        { "404 page not found", "404 page not found", null, null, null, null, false },
        { "[\"m\"]", "[\"m\"]", null, null, null, null, false },
        { "{broken", "{broken", null, null, null, null, false },
        { "\"broken", "\"broken", null, null, null, null, false },
        { "{} and more", "{} and more", null, null, null, null, false },
        { "<html><body>Internal</body></html>", "", null, null, null, null, false },
        { "\n<!DOCTYPE html>", "", null, null, null, null, false },
        { "", "", null, null, null, null, false },
        { " \r\n", "", null, null, null, null, false },
        { "{}", "", null, null, null, null, false },
        { "null", "null", null, null, null, null, false },
        { """{"error":{}}""", "", null, null, null, null, false },
        { """{"error":[],"code":99999999999}""", "", null, null, null, null, false },
        { """{"error":{"message":{"text":"m"},"code":400.5}}""", "", null, null, null, null, false },
        { """{"detail":null}""", "", null, null, null, null, false },
    };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Read_Shape_GivesItsParts(string body, string message, string? type, string? param, string? code, int? status, bool openAi)
    {
        var error = RawEngineError.Read(Encoding.UTF8.GetBytes(body));

        Assert.Equal((message, type, param, code, status, openAi), (error.Message, error.Type, error.Param, error.Code, error.Status, error.IsOpenAiShape));
    }

    [Theory]
    [InlineData("\"{0}\"")]
    [InlineData("{0}")]
    [InlineData("{{\"error\":{{\"message\":\"{0}\"}}}}")]
    [InlineData("{{\"error\":\"{0}\"}}")]
    [InlineData("{{\"message\":\"{0}\"}}")]
    [InlineData("{{\"detail\":\"{0}\"}}")]
    [InlineData("{{\"detail\":[\"{0}\"]}}")]
    public void Read_MegabyteOfMessage_IsCutToWholeCharacters(string shape)
    {
        foreach (var text in (string[])["x", "ä", "漢", "😀", "x😀"])
        {
            var body = string.Format(System.Globalization.CultureInfo.InvariantCulture, shape, string.Concat(Enumerable.Repeat(text, text == "x" ? 1_000_000 : 10_000)));

            var message = RawEngineError.Read(Encoding.UTF8.GetBytes(body)).Message;

            Assert.InRange(message.Length, 1000, 4096);
            Assert.DoesNotContain('\ufffd', message);
            Assert.DoesNotContain('\ufffd', Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(message)));
        }
    }

    [Theory]
    [InlineData(new byte[] { 0xff, 0xfe, 0x41 })]
    [InlineData(new byte[] { (byte)'"', 0xff, (byte)'"' })]
    [InlineData(new byte[] { (byte)'{', 0xc3, (byte)'}' })]
    [InlineData(new byte[] { 0, 1, 2 })]
    public void Read_BytesThatAreNoText_AreSurvived(byte[] body) => Assert.NotEmpty(RawEngineError.Read(body).Message);

    [Theory]
    [InlineData("{\"error\":{\"message\":\"half \\ud800\"}}")]
    [InlineData("{\"\\ud800\":1,\"error\":{\"message\":\"half\"}}")]
    public void Read_HalfASurrogatePair_StillTellsSomething(string body) => Assert.Contains("half", RawEngineError.Read(Encoding.UTF8.GetBytes(body)).Message, StringComparison.Ordinal);

    [Fact]
    public void Read_DeepNesting_IsSurvived() =>
        Assert.NotEmpty(RawEngineError.Read(Encoding.UTF8.GetBytes("{\"error\":" + new string('[', 100_000))).Message);

    // They go into the log, and an engine may put anything there.
    [Theory]
    [InlineData("type")]
    [InlineData("param")]
    [InlineData("code")]
    public void Read_MegabyteOfAnotherPart_IsLeftOut(string name)
    {
        var error = RawEngineError.Read(Encoding.UTF8.GetBytes($$$"""{"error":{"message":"m","{{{name}}}":"{{{new string('x', 1_000_000)}}}"}}"""));

        Assert.Equal(("m", null, null, null), (error.Message, error.Type, error.Param, error.Code));
    }
}
