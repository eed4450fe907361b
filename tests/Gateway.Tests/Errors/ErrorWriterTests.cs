using System.Text;
using System.Text.Json;
using Gateway.Core.Errors;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace Gateway.Tests.Errors;

/// <summary>Both envelopes as bytes, and the headers that go with them.</summary>
public sealed class ErrorWriterTests
{
    private static readonly GatewayError Plain = new(400, "invalid_request_error", "invalid_json", "It's \"no\" JSON: <ü>");

    [Fact]
    public async Task Write_GatewayError_IsOpenAisEnvelope()
    {
        var (response, body) = await WriteAsync(context => ErrorWriter.WriteAsync(context, Plain, anthropic: false));

        Assert.Equal("""{"error":{"message":"It's \"no\" JSON: <ü>","type":"invalid_request_error","param":null,"code":"invalid_json"}}""", body);
        Assert.Equal((400, "application/json", Encoding.UTF8.GetByteCount(body)), (response.StatusCode, response.ContentType, response.ContentLength));
        Assert.Equal("gateway", response.Headers["x-gateway-error-source"]);
        Assert.DoesNotContain(response.Headers.Keys, name => name is "WWW-Authenticate" or "Retry-After" or "Allow" or "Connection" or "Content-Encoding");
    }

    [Theory]
    [InlineData(400, "invalid_request_error")]
    [InlineData(401, "authentication_error")]
    [InlineData(403, "permission_error")]
    [InlineData(404, "not_found_error")]
    [InlineData(405, "invalid_request_error")]
    [InlineData(413, "request_too_large")]
    [InlineData(429, "rate_limit_error")]
    [InlineData(500, "api_error")]
    [InlineData(501, "api_error")]
    [InlineData(502, "api_error")]
    [InlineData(503, "overloaded_error")]
    [InlineData(504, "timeout_error")]
    public async Task Write_OnTheMessagesApi_IsAnthropicsEnvelope(int status, string type)
    {
        var (response, body) = await WriteAsync(context => ErrorWriter.WriteAsync(context, Plain with { Status = status }, anthropic: true));

        Assert.Equal($$$"""{"type":"error","error":{"type":"{{{type}}}","message":"It's \"no\" JSON: <ü>"}}""", body);
        Assert.Equal(status, response.StatusCode);
    }

    [Fact]
    public async Task Write_ErrorWithEverything_SetsItsHeaders()
    {
        var error = Plain with { Status = 401, Param = "model", RetryAfterSeconds = 7, Allow = "GET, POST", ClosesConnection = true, Extra = [("engine", "\"x\""), ("served_by", "[\"a\"]")] };
        var (response, body) = await WriteAsync(context => ErrorWriter.WriteAsync(context, error, anthropic: false));

        Assert.Equal(("Bearer", "7", "GET, POST", "close"), (response.Headers.WWWAuthenticate.ToString(), response.Headers.RetryAfter.ToString(), response.Headers.Allow.ToString(), response.Headers.Connection.ToString()));
        Assert.EndsWith("\"param\":\"model\",\"code\":\"invalid_json\",\"engine\":\"x\",\"served_by\":[\"a\"]}}", body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Write_HalfPreparedAnswer_IsReplaced()
    {
        var (response, body) = await WriteAsync(context =>
        {
            (context.Response.StatusCode, context.Response.ContentLength, context.Response.ContentType) = (200, 999, "text/event-stream");
            context.Response.Headers.ContentEncoding = "gzip";
            return ErrorWriter.WriteAsync(context, Plain, anthropic: false);
        });

        Assert.Equal((400, "application/json", body.Length + 1), (response.StatusCode, response.ContentType, response.ContentLength));
        Assert.False(response.Headers.ContainsKey("Content-Encoding"));
    }

    [Fact]
    public async Task Write_Head_TellsTheLengthAndSendsNoBody()
    {
        var (response, body) = await WriteAsync(context => ErrorWriter.WriteAsync(context, Plain, anthropic: false), "HEAD");

        Assert.Equal("", body);
        Assert.True(response.ContentLength > 0);
    }

    [Fact]
    public async Task Write_EngineError_KeepsItsWordsAndRetryAfter()
    {
        var error = new EngineError(429, "slow", "rate_limit_error", null, "rate_limit_exceeded") { RetryAfterSeconds = 9 };
        var (response, body) = await WriteAsync(context => ErrorWriter.WriteAsync(context, error, anthropic: false));

        Assert.Equal("""{"error":{"message":"slow","type":"rate_limit_error","param":null,"code":"rate_limit_exceeded"}}""", body);
        Assert.Equal(("engine", "9"), (response.Headers["x-gateway-error-source"].ToString(), response.Headers.RetryAfter.ToString()));
        Assert.False(response.Headers.ContainsKey("WWW-Authenticate"));
    }

    // Some engines answer 503 while they load and do not say until when.
    [Theory]
    [InlineData(503, "engine_loading", null, "5")]
    [InlineData(503, null, null, "2")]
    [InlineData(503, "engine_loading", 30, "30")]
    [InlineData(500, null, null, "")]
    [InlineData(429, "insufficient_quota", null, "")]
    public async Task Write_EngineErrorThatPasses_TellsWhenToComeBack(int status, string? code, int? said, string expected)
    {
        var error = new EngineError(status, "not now", "server_error", null, code) { RetryAfterSeconds = said };
        var (response, _) = await WriteAsync(context => ErrorWriter.WriteAsync(context, error, anthropic: false));

        Assert.Equal(expected, response.Headers.RetryAfter.ToString());
    }

    // Clients that know the header then show the message instead of asking again.
    [Theory]
    [InlineData(400, "invalid_json", "false")]
    [InlineData(401, "invalid_api_key", "false")]
    [InlineData(403, "model_not_allowed", "false")]
    [InlineData(404, "model_not_found", "false")]
    [InlineData(405, "method_not_allowed", "false")]
    [InlineData(413, "request_too_large", "false")]
    [InlineData(415, null, "false")]
    [InlineData(422, null, "false")]
    [InlineData(426, "upgrade_required", "false")]
    [InlineData(431, "request_headers_too_large", "false")]
    [InlineData(501, "unsupported_endpoint", "false")]
    [InlineData(429, "insufficient_quota", "false")]
    [InlineData(429, "rate_limit_exceeded", "")]
    [InlineData(408, null, "")]
    [InlineData(409, null, "")]
    [InlineData(500, null, "")]
    [InlineData(502, "upstream_error", "")]
    [InlineData(503, "overloaded", "")]
    [InlineData(504, "upstream_timeout", "")]
    public async Task Write_ErrorThatNoRepeatCanPutRight_SaysSo(int status, string? code, string expected)
    {
        foreach (var anthropic in new[] { false, true })
        {
            var (own, _) = await WriteAsync(context => ErrorWriter.WriteAsync(context, Plain with { Status = status, Code = code }, anthropic));
            var (engines, _) = await WriteAsync(context => ErrorWriter.WriteAsync(context, new EngineError(status, "m", "t", null, code), anthropic));

            Assert.Equal((expected, expected), (own.Headers["x-should-retry"].ToString(), engines.Headers["x-should-retry"].ToString()));
            Assert.Equal(status == 503, own.Headers.ContainsKey("Retry-After") && engines.Headers.ContainsKey("Retry-After"));
        }
    }

    [Theory]
    [InlineData(false, """ {"error":{"message":"m","more":1.0}} """)]
    [InlineData(true, """{"type":"error","error":{"type":"invalid_request_error","message":"m"}}""")]
    public async Task Write_UntouchedEngineError_PassesUnlessTheApiIsAnother(bool anthropic, string expected)
    {
        var error = new EngineError(400, "m", "t", null, null) { Untouched = """ {"error":{"message":"m","more":1.0}} """u8.ToArray() };
        var (_, body) = await WriteAsync(context => ErrorWriter.WriteAsync(context, error, anthropic));

        Assert.Equal(expected, body);
    }

    // A name that was cut, or an engine, may leave half a surrogate pair in a message.
    [Theory]
    [InlineData("half \ud83d")]
    [InlineData("\ude00 half")]
    [InlineData("\0\u0007\u001b[31m\u2028\"\\")]
    public void Envelope_AnyText_IsJson(string message)
    {
        foreach (var anthropic in new[] { false, true })
        {
            using var document = JsonDocument.Parse(ErrorWriter.Envelope(Plain with { Message = message }, anthropic));

            Assert.NotEqual("", document.RootElement.GetProperty("error").GetProperty("message").GetString());
        }
    }

    private static async Task<(HttpResponse Response, string Body)> WriteAsync(Func<HttpContext, Task> write, string method = "POST")
    {
        var context = new DefaultHttpContext { Request = { Method = method } };
        using var body = new MemoryStream();
        context.Response.Body = body;
        await write(context);
        return (context.Response, Encoding.UTF8.GetString(body.ToArray()));
    }
}
