using System.Text;
using Gateway.Engines;
using Gateway.Errors;
using Xunit;

namespace Gateway.Tests.Errors;

/// <summary>What becomes of an engine's error: by rule, by its status, or untouched.</summary>
public sealed class EngineErrorTranslatorTests
{
    private const string OpenAiShape = """{"error":{"message":"m","type":"BadRequestError","param":null,"code":null}}""";

    private static readonly EngineProfile Profile = EngineCatalog.Find("openai")! with
    {
        DisplayName = "Engine",
        Errors = new ErrorDialect
        {
            Shapes = "Any.",
            Rules =
            [
                ErrorRule.ContextLength("too many tokens", "exceeds the context"),
                new ErrorRule { Status = 418, AsStatus = 429, AsCode = "teapot" },
                new ErrorRule { Type = "overloaded", Message = ["queue"], AsStatus = 503, AsType = "server_error", AsCode = "overloaded" },
                new ErrorRule { Type = "kept", AsParam = "n" },
            ],
        },
    };

    /// <summary>Status and body as sent, then status, type, code, param and message as the client gets them.</summary>
    public static TheoryData<int, string, int, string, string?, string?, string> Cases => new()
    {
        { 500, """{"error":"The input has TOO MANY TOKENS."}""", 400, "invalid_request_error", "context_length_exceeded", "messages", "The input has TOO MANY TOKENS." },
        { 400, """{"error":{"message":"it exceeds the context","param":"prompt","code":"x"}}""", 400, "invalid_request_error", "context_length_exceeded", "prompt", "it exceeds the context" },
        { 200, """{"error":{"message":"too many tokens","code":500}}""", 400, "invalid_request_error", "context_length_exceeded", "messages", "too many tokens" },
        { 418, "short and stout", 429, "rate_limit_error", "teapot", null, "short and stout" },
        { 200, """{"error":{"message":"m","code":418}}""", 429, "rate_limit_error", "teapot", null, "m" },
        { 500, """{"error":"the queue is full","error_type":"Overloaded"}""", 503, "server_error", "overloaded", null, "the queue is full" },
        { 500, """{"error":"m","error_type":"overloaded"}""", 500, "server_error", null, null, "m" },
        { 422, """{"error":"m","error_type":"kept"}""", 422, "invalid_request_error", null, "n", "m" },
        { 404, "404 page not found", 404, "invalid_request_error", null, null, "404 page not found" },
        { 400, """{"detail":"m"}""", 400, "invalid_request_error", null, null, "m" },
        { 401, """{"error":"Unauthorized"}""", 502, "server_error", "upstream_error", null, Refused(401) + " Engine says: Unauthorized" },
        { 403, """{"error":{"message":"Invalid API key.","type":"permission_error","param":null,"code":null}}""", 502, "server_error", "upstream_error", null, Refused(403) + " Engine says: Invalid API key." },
        { 403, """{"error":{"message":"This model is switched off.","type":"permission_error"}}""", 403, "permission_error", null, null, "This model is switched off." },
        { 429, """{"error":"slow down"}""", 429, "rate_limit_error", "rate_limit_exceeded", null, "slow down" },
        { 429, """{"error":{"message":"m","type":"insufficient_quota","code":"insufficient_quota"}}""", 429, "insufficient_quota", "insufficient_quota", null, "m" },
        { 400, """{"error":{"message":"m","type":"invalid_request_error","code":404}}""", 400, "invalid_request_error", null, null, "m" },
        { 400, """{"object":"error","message":"m","type":"BadRequestError","param":"n","code":400}""", 400, "invalid_request_error", null, "n", "m" },
        { 503, "", 503, "server_error", null, null, "Engine is not available." },
        { 429, "", 429, "rate_limit_error", "rate_limit_exceeded", null, "Engine is overloaded." },
        { 401, "", 502, "server_error", "upstream_error", null, Refused(401) },
        { 403, "<html>Forbidden</html>", 502, "server_error", "upstream_error", null, Refused(403) },
        { 502, "<html>Bad gateway at 10.0.0.7</html>", 502, "server_error", null, null, "Engine answered 502 without saying why." },
        { 599, "x", 599, "server_error", null, null, "x" },
        { 600, "x", 502, "server_error", null, null, "x" },
        { 200, """{"error":"m"}""", 500, "server_error", null, null, "m" },
        { 200, """{"error":{"message":"m","code":503}}""", 503, "server_error", null, null, "m" },
        { 200, """{"error":{"message":"m","code":7}}""", 502, "server_error", null, null, "m" },
        { 200, """{"error":{"message":"m","code":200}}""", 502, "server_error", null, null, "m" },
        { 200, OpenAiShape, 500, "server_error", null, null, "m" },
    };

    private static string Refused(int status) =>
        FormattableString.Invariant($"Engine refuses this gateway's own key ({status}); your key is not the reason. Ask the gateway's operator to correct BACKEND_API_KEY (api_key in gateway.yaml).");

    [Theory]
    [MemberData(nameof(Cases))]
    public void Translate_Error_IsWordedAsOpenAiWould(int sentStatus, string body, int status, string type, string? code, string? param, string message)
    {
        var error = EngineErrorTranslator.Translate(Profile, sentStatus, Encoding.UTF8.GetBytes(body));

        Assert.Equal((status, type, code, param, message), (error.Status, error.Type, error.Code, error.Param, error.Message));
        Assert.Null(error.Untouched);
    }

    [Theory]
    [InlineData(400, OpenAiShape)]
    [InlineData(404, """  {"error":{"message":"m","type":"invalid_request_error","param":"model","code":"model_not_found","extra":{"a":[1.0]}},"more":1} """)]
    [InlineData(500, """{"error":{"message":"ünï \u00fc","type":"t","param":null,"code":null}}""")]
    public void Translate_OpenAisOwnShape_PassesByteForByte(int status, string body)
    {
        var error = EngineErrorTranslator.Translate(Profile, status, Encoding.UTF8.GetBytes(body));

        Assert.Equal((status, body), (error.Status, Encoding.UTF8.GetString(error.Untouched!)));
    }

    // A rule knows better than the shape.
    [Fact]
    public void Translate_OpenAisShapeThatFitsARule_IsMended()
    {
        var error = EngineErrorTranslator.Translate(Profile, 500, Encoding.UTF8.GetBytes(OpenAiShape.Replace("\"m\"", "\"too many tokens\"", StringComparison.Ordinal)));

        Assert.Equal((400, "context_length_exceeded"), (error.Status, error.Code));
        Assert.Null(error.Untouched);
    }

    [Fact]
    public void Translate_MegabyteOfMessage_IsCut()
    {
        var error = EngineErrorTranslator.Translate(Profile, 500, Encoding.UTF8.GetBytes(new string('x', 1_000_000)));

        Assert.Equal(4096, error.Message.Length);
    }
}
