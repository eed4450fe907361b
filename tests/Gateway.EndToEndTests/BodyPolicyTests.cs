using System.Net;
using Xunit;

namespace Gateway.EndToEndTests;

/// <summary>What of a body an engine may see: no tools that it would run itself, nothing that steers its inside, no limit that it refuses.</summary>
public sealed class BodyPolicyTests(EnginePool engines) : IClassFixture<EnginePool>
{
    private const string Removed = "x-gateway-removed";

    [Theory]
    [InlineData("ollama", "/v1/messages", "\"max_tokens\":8,\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]", "web_search_20250305")]
    [InlineData("ollama", "/v1/responses", "\"input\":\"x\"", "web_search")]
    [InlineData("ollama", "/v1/chat/completions", "\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]", "web_search")]
    [InlineData("vllm", "/v1/responses", "\"input\":\"x\"", "web_search_preview")]
    [InlineData("lmstudio", "/v1/responses", "\"input\":\"x\"", "mcp")]
    public async Task ServerTool_ForAnEngine_StaysHereAndIsNamed(string engine, string path, string rest, string type)
    {
        var environment = await engines.ForAsync(engine);
        var model = environment.Engine.Model;

        using var answer = await environment.Client.SendAsync(SampleRequest.Post(path, $$"""{"model":"{{model}}",{{rest}},"tools":[{"type":"{{type}}","name":"web_search"}],"tool_choice":"auto"}"""));

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal($"tools.{type}", Assert.Single(answer.Headers.GetValues(Removed)));
        var received = Assert.Single(environment.Engine.Requests.Work);
        Assert.DoesNotContain(type, received.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("tool_choice", received.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ServerTool_ThatTheRequestInsistsOn_IsRefusedInTheApisEnvelope()
    {
        var environment = await engines.ForAsync("ollama");

        using var answer = await environment.Client.SendAsync(SampleRequest.Post("/v1/messages", $$"""
            {"model":"{{environment.Engine.Model}}","max_tokens":8,"messages":[{"role":"user","content":"x"}],"tools":[{"type":"web_search_20250305","name":"web_search"}],"tool_choice":{"type":"tool","name":"web_search"} }
            """));

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains("web_search", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Empty(environment.Engine.Requests.Work);
    }

    [Theory]
    [InlineData("openai", "auto", true)]
    [InlineData("openai", "strip", false)]
    [InlineData("ollama", "allow", true)]
    public async Task ServerTool_ByTheSetting_PassesUntouched(string engine, string setting, bool passes)
    {
        await using var environment = await TestEnvironment.StartAsync(engine, ("GATEWAY_SERVER_TOOLS", setting));
        var body = $$""" {"model" : "{{environment.Engine.Model}}", "input":"x","tools":[{"type":"web_search"} ], "web_search_options":{} } """;

        using var answer = await environment.Client.SendAsync(SampleRequest.Post("/v1/responses", body));

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(passes, Assert.Single(environment.Engine.Requests.Work).Text == body);
        Assert.Equal(passes, !answer.Headers.Contains(Removed));
    }

    [Theory]
    [InlineData("vllm", "/v1/responses", "request_id", "\"resp_of_another\"")]
    [InlineData("vllm", "/v1/responses", "session_id", "\"s\"")]
    [InlineData("vllm", "/v1/chat/completions", "media_io_kwargs", "{\"video\":{\"num_frames\":9999}}")]
    [InlineData("vllm", "/v1/chat/completions", "watermarking", "{}")]
    [InlineData("vllm", "/v1/chat/completions", "stream_interval", "1000")]
    [InlineData("vllm", "/v1/completions", "use_beam_search", "true")]
    [InlineData("sglang", "/v1/responses", "request_id", "\"resp_of_another\"")]
    [InlineData("llamacpp", "/v1/chat/completions", "grammar", "\"root ::= x\"")]
    [InlineData("llamacpp", "/v1/chat/completions", "mirostat_tau", "5")]
    [InlineData("localai", "/v1/chat/completions", "grammar", "\"root ::= x\"")]
    public async Task Member_ThatSteersTheEngine_StaysHereAndIsNamed(string engine, string path, string name, string value)
    {
        var environment = await engines.ForAsync(engine);
        var rest = path.EndsWith("responses", StringComparison.Ordinal) ? "\"input\":\"x\"" : path.EndsWith("/v1/completions", StringComparison.Ordinal) ? "\"prompt\":\"x\"" : "\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]";

        using var answer = await environment.Client.SendAsync(SampleRequest.Post(path, $$"""{"model":"{{environment.Engine.Model}}",{{rest}},"{{name}}":{{value}},"chat_template_kwargs":{"enable_thinking":false},"top_k":5}"""));

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var received = Assert.Single(environment.Engine.Requests.Work);
        Assert.DoesNotContain(name, received.Text, StringComparison.Ordinal);
        Assert.Contains("""{"enable_thinking":false},"top_k":5""", received.Text, StringComparison.Ordinal);
        Assert.Equal(name, Assert.Single(answer.Headers.GetValues(Removed)));
    }

    [Theory]
    [InlineData("vllm")]
    [InlineData("openai")]
    public async Task Member_WithTheCallersCredentials_StaysHere(string engine)
    {
        var environment = await engines.ForAsync(engine);

        using var answer = await environment.Client.SendAsync(SampleRequest.Post("/v1/chat/completions",
            $$$"""{"model":"{{{environment.Engine.Model}}}","messages":[],"api_key":"sk-own-secret","extra_headers":{"x-api-key":"sk-own-secret"},"prompt_cache_key":"k"}"""));

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal($$"""{"model":"{{environment.Engine.Model}}","messages":[],"prompt_cache_key":"k"}""", Assert.Single(environment.Engine.Requests.Work).Text);
    }

    [Theory]
    [InlineData("vllm_xargs")]
    [InlineData("VLLM_XARGS")]
    [InlineData("vllm_xargs[beams]")]
    [InlineData("priority")]
    public async Task Part_ThatSteersTheEngine_StaysHereAndIsNamed(string name)
    {
        var environment = await engines.ForAsync("vllm");
        using var form = Transcription(environment.Engine.Model, (name, "steers"), ("language", "en"));
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/audio/transcriptions") { Content = form };

        using var answer = await environment.Client.SendAsync(request);

        var received = Assert.Single(environment.Engine.Requests.Work);
        using var expected = Transcription(environment.Engine.Model, ("language", "en"));
        Assert.Equal(await expected.ReadAsStringAsync(), received.Text);
        Assert.Equal(name.Split('[')[0].ToLowerInvariant(), Assert.Single(answer.Headers.GetValues(Removed)));
    }

    private static MultipartFormDataContent Transcription(string model, params (string Name, string Value)[] parts)
    {
        var form = new MultipartFormDataContent("border");
        foreach (var (name, value) in parts)
        {
            form.Add(new ByteArrayContent(System.Text.Encoding.UTF8.GetBytes(value)), name);
        }

        form.Add(new ByteArrayContent(System.Text.Encoding.UTF8.GetBytes(model)), "model");
        form.Add(new ByteArrayContent("RIFF"u8.ToArray()), "file", "a.wav");
        return form;
    }

    [Theory]
    [InlineData("/v1/chat/completions", "\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]", "max_tokens")]
    [InlineData("/v1/chat/completions", "\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]", "max_completion_tokens")]
    [InlineData("/v1/messages", "\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]", "max_tokens")]
    [InlineData("/v1/responses", "\"input\":\"x\"", "max_output_tokens")]
    [InlineData("/v1/completions", "\"prompt\":\"x\"", "max_tokens")]
    public async Task AnswerLimit_AboveTheContext_IsLoweredToIt(string path, string rest, string name)
    {
        var environment = await engines.ForAsync("vllm");

        using var answer = await environment.Client.SendAsync(SampleRequest.Post(path, $$"""{"model":"qwen3-8b",{{rest}},"{{name}}":50000}"""));

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(40960, Assert.Single(environment.Engine.Requests.Work).Json().GetProperty(name).GetInt32());
    }

    // The adapter's own entry has no length: it has that of the model below it.
    [Fact]
    public async Task AnswerLimit_OfAnAdapter_IsLoweredToItsModels()
    {
        var environment = await engines.ForAsync("vllm");

        using var answer = await environment.Client.SendAsync(SampleRequest.Post("/v1/chat/completions", """{"model":"sql-lora","messages":[],"max_tokens":50000}"""));

        Assert.Equal(40960, Assert.Single(environment.Engine.Requests.Work).Json().GetProperty("max_tokens").GetInt32());
    }

    [Theory]
    [InlineData("vllm", "off")]
    [InlineData("sglang", "on")]
    [InlineData("llamacpp", "on")]
    public async Task AnswerLimit_WhereTheSettingIsOffOrTheEngineCaps_IsUntouched(string engine, string setting)
    {
        await using var environment = await TestEnvironment.StartAsync(engine, ("GATEWAY_CLAMP_MAX_TOKENS", setting), ("GATEWAY_STREAM_PLAIN", "off"));
        var body = $$"""{"model":"{{environment.Engine.Model}}","messages":[{"role":"user","content":"x"}], "max_tokens" :9000000}""";

        using var answer = await environment.Client.SendAsync(SampleRequest.Post("/v1/chat/completions", body));

        Assert.Equal(body, Assert.Single(environment.Engine.Requests.Work).Text);
    }

    // What Claude Code sends, as far as SGLang minds it.
    [Fact]
    public async Task Thinking_ThatSgLangRefuses_IsSentAsItTakesIt()
    {
        var environment = await engines.ForAsync("sglang");

        using var answer = await environment.Client.SendAsync(SampleRequest.Post("/v1/messages?beta=true", $$"""
            {"model":"{{environment.Engine.Model}}","messages":[{"role":"user","content":"x"}],"max_tokens":32000,"thinking":{"type":"adaptive","display":"updates"},"output_config":{"effort":"high"} }
            """));

        var received = Assert.Single(environment.Engine.Requests.Work);
        Assert.Contains("""
            "thinking":{"type":"adaptive"},"output_config":{"effort":"high"}
            """.Trim(), received.Text, StringComparison.Ordinal);
    }
}
