using System.Text;
using Gateway.Core.Errors;
using Gateway.Engines;
using Gateway.Engines.Endpoints;
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
        { 502, "<html>Bad gateway at 10.0.0.7</html>", 502, "server_error", null, null, "Engine answered 502 without a reason." },
        { 599, "x", 599, "server_error", null, null, "x" },
        { 600, "x", 502, "server_error", null, null, "x" },
        { 200, """{"error":"m"}""", 500, "server_error", null, null, "m" },
        { 200, """{"error":{"message":"m","code":503}}""", 503, "server_error", null, null, "m" },
        { 200, """{"error":{"message":"m","code":7}}""", 502, "server_error", null, null, "m" },
        { 200, """{"error":{"message":"m","code":200}}""", 502, "server_error", null, null, "m" },
        { 200, OpenAiShape, 500, "server_error", null, null, "m" },
    };

    private static string Refused(int status) =>
        FormattableString.Invariant($"Engine refuses this gateway's key ({status}). Your key is valid. Ask the administrator of the gateway to correct BACKEND_API_KEY (api_key in gateway.yaml).");

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

    // The member at fault goes by the name that the caller used, whatever stands around it in the engine.
    [Theory]
    [InlineData("body.max_tokens", "ChatCompletions", "max_tokens")]
    [InlineData("body.messages.0.UserMessage.content", "ChatCompletions", "messages.0.content")]
    [InlineData("body.stop.list[str]", "ChatCompletions", "stop")]
    [InlineData("body", "ChatCompletions", null)]
    [InlineData("body.33", "ChatCompletions", null)]
    [InlineData("header.x", "ChatCompletions", "header.x")]
    [InlineData("input_tokens", "ChatCompletions", "messages")]
    [InlineData("input_tokens", "Completions", "prompt")]
    [InlineData("input_tokens", "Embeddings", "input")]
    [InlineData("input_tokens", "Rerank", "documents")]
    [InlineData("limit", "Responses", "max_output_tokens")]
    [InlineData("limit", "ChatCompletions", "limit")]
    public void Translate_Param_IsTheCallersName(string sent, string endpoint, string? expected)
    {
        var profile = Profile with
        {
            Errors = Profile.Errors with { ParamRoot = "body", PromptParams = ["input_tokens"], Params = [(EndpointId.Responses, "limit", "max_output_tokens")] },
        };
        var body = $$$"""{"error":{"message":"m","type":"t","param":"{{{sent}}}","code":null}}""";

        var error = EngineErrorTranslator.Translate(profile, 400, Encoding.UTF8.GetBytes(body), EndpointCatalog.Find(Enum.Parse<EndpointId>(endpoint)));

        Assert.Equal(expected, error.Param);
        Assert.Equal(sent == expected, error.Untouched is not null);
    }

    // A server that wraps what its runner said answers 500, whatever it was.
    [Theory]
    [InlineData(500, 400, 400)]
    [InlineData(502, 404, 404)]
    [InlineData(500, 503, 500)]
    [InlineData(400, 404, 400)]
    [InlineData(200, 400, 400)]
    public void Translate_ErrorWithinAnError_HasTheCallersFaultFromWithin(int sent, int inner, int expected)
    {
        var body = $$$"""{"error":{"message":"{\"error\":{\"code\":{{{inner}}},\"message\":\"m\"}}","type":"api_error"}}""";

        var error = EngineErrorTranslator.Translate(Profile, sent, Encoding.UTF8.GetBytes(body));

        Assert.Equal((expected, "m"), (error.Status, error.Message));
    }

    [Fact]
    public void Translate_PlaceInTheEnginesSource_IsNotShown()
    {
        var profile = Profile with { Errors = Profile.Errors with { Tails = ["\n  File \""] } };

        var error = EngineErrorTranslator.Translate(profile, 400, "the field is required\n  File \"/opt/engine/server.py\", line 7"u8);

        Assert.Equal("the field is required", error.Message);
    }

    [Fact]
    public void Translate_MegabyteOfMessage_IsCut()
    {
        var error = EngineErrorTranslator.Translate(Profile, 500, Encoding.UTF8.GetBytes(new string('x', 1_000_000)));

        Assert.Equal(4096, error.Message.Length);
    }
}
