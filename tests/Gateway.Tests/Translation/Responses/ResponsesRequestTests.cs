using System.Text;
using System.Text.Json.Nodes;
using Xunit;

namespace Gateway.Tests.Translation;

/// <summary>What of a request reaches the engine, what is refused, and what is left out.</summary>
public sealed class ResponsesRequestTests
{
    [Theory]
    [InlineData("""{"input":"hi","previous_response_id":"resp_1"}""", "previous_response_id")]
    [InlineData("""{"input":"hi","conversation":{"id":"conv_1"}}""", "conversation")]
    [InlineData("""{"input":"hi","background":true}""", "background")]
    [InlineData("""{"input":"hi","prompt":{"id":"pmpt_1"}}""", "prompt")]
    [InlineData("""{"input":"hi","moderation":{"model":"omni"}}""", "moderation")]
    [InlineData("""{"input":"hi","instructions":["a"]}""", "instructions")]
    [InlineData("""{"model":"m"}""", "input")]
    [InlineData("""{"input":""}""", "input")]
    [InlineData("""{"input":[]}""", "input")]
    [InlineData("""{"input":[{"type":"web_search_call","id":"ws_1"}]}""", "input")]
    [InlineData("""{"input":["hi"]}""", "input[0]")]
    [InlineData("""{"input":[{"role":"user","content":"hi"},{"type":"item_reference","id":"msg_1"}]}""", "input[1].type")]
    [InlineData("""{"input":[{"type":"computer_call_output","call_id":"c"}]}""", "input[0].type")]
    [InlineData("""{"input":[{"content":"hi"}]}""", "input[0].type")]
    [InlineData("""{"input":[{"role":"critic","content":"hi"}]}""", "input[0].role")]
    [InlineData("""{"input":[{"role":"user","content":7}]}""", "input[0].content")]
    [InlineData("""{"input":[{"role":"user","content":[{"type":"input_text","text":"a"},{"type":"input_image","file_id":"file_1"}]}]}""", "input[0].content[1]")]
    [InlineData("""{"input":[{"role":"user","content":[{"type":"input_file","file_url":"http://a/b.pdf"}]}]}""", "input[0].content[0]")]
    [InlineData("""{"input":[{"role":"system","content":[{"type":"input_image","image_url":"data:,"}]}]}""", "input[0].content[0].type")]
    [InlineData("""{"input":[{"type":"function_call","name":"f","arguments":"{}"}]}""", "input[0].call_id")]
    [InlineData("""{"input":[{"type":"function_call","call_id":"c","arguments":"{}"}]}""", "input[0].name")]
    [InlineData("""{"input":[{"type":"function_call_output","output":"x"}]}""", "input[0].call_id")]
    [InlineData("""{"input":[{"type":"function_call_output","call_id":"c","output":[{"type":"input_image"}]}]}""", "input[0].output[0]")]
    [InlineData("""{"input":"hi","text":{"format":{"type":"json_schema","name":"n"}}}""", "text.format.schema")]
    [InlineData("""{"input":"hi","text":{"format":{"type":"xml"}}}""", "text.format.type")]
    public void Request_ThatCannotBeServed_IsRefusedByName(string request, string param)
    {
        var error = ResponsesRun.Refused(request);

        Assert.Equal((400, param), (error.Status, error.Param));
        Assert.Contains('`', error.Message);
    }

    [Fact]
    public void Body_OfKnownMembers_HasNothingElse()
    {
        var translation = ResponsesRun.Create(
            """
            {"model":"gpt-5","input":"hi","store":true,"truncation":"auto","metadata":{"a":"b"},"api_key":"CANARY","extra_headers":{"Authorization":"CANARY"},"n":2,
             "service_tier":"flex","safety_identifier":"CANARY","prompt_cache_key":"CANARY","client_metadata":{"a":"CANARY"},"include":["file_search_call.results"],"max_tool_calls":3,
             "temperature":0.10,"top_p":9007199254740993,"frequency_penalty":1,"presence_penalty":null,"seed":7,"stop":["a"],"top_k":5,"min_p":0.1,"user":"u1","max_output_tokens":9}
            """);

        Assert.Equal(
            """{"model":"test-model","messages":[{"role":"user","content":"hi"}],"temperature":0.10,"top_p":9007199254740993,"frequency_penalty":1,"seed":7,"stop":["a"],"top_k":5,"min_p":0.1,"user":"u1","max_tokens":9}""",
            Encoding.UTF8.GetString(translation.Body.Span));
        Assert.Equal(["store", "truncation", "api_key", "extra_headers", "n"], translation.LeftOut);
    }

    [Fact]
    public void Answer_RepeatsTheRequest_ButNotWhatWasNotDone()
    {
        var answer = ResponsesRun.Plain(
            ResponsesRun.Create("""{"input":"hi","store":true,"truncation":"auto","metadata":{"a":"b"},"safety_identifier":"s","prompt_cache_key":"p","max_tool_calls":3,"service_tier":"flex","text":{"verbosity":"low"},"reasoning":{"summary":"auto"}}"""),
            ResponsesRun.Completion("""{"content":"ok"}"""))!;

        Assert.Equal((false, "disabled", "default"), ((bool)answer["store"]!, (string?)answer["truncation"], (string?)answer["service_tier"]));
        Assert.Equal(("b", "s", "p", 3), ((string?)answer["metadata"]!["a"], (string?)answer["safety_identifier"], (string?)answer["prompt_cache_key"], (int)answer["max_tool_calls"]!));
        Assert.Equal("""{"format":{"type":"text"},"verbosity":"low"}""", answer["text"]!.ToJsonString());
        Assert.Equal("""{"effort":null,"summary":"auto"}""", answer["reasoning"]!.ToJsonString());
    }

    [Fact]
    public void SystemTexts_WhereverTheyStand_AreOneFirstMessage()
    {
        var body = ResponsesRun.Body(
            """
            {"instructions":"A \u00e9","input":[{"role":"user","content":"hi"},{"role":"developer","content":[{"type":"input_text","text":"B"},{"type":"input_text","text":"C"}]},
             {"role":"assistant","content":"yes"},{"type":"message","role":"system","content":"D"}]}
            """);

        Assert.Equal("""[{"role":"system","content":"A é\n\nB\n\nC\n\nD"},{"role":"user","content":"hi"},{"role":"assistant","content":"yes"}]""", Written(body["messages"]));
    }

    [Fact]
    public void MemberGivenTwice_LastOneCounts()
    {
        var body = ResponsesRun.Body("""{"input":"a","input":[{"role":"user","role":"assistant","content":"x","content":"b"}]}""");

        Assert.Equal("""[{"role":"assistant","content":"b"}]""", Written(body["messages"]));
    }

    [Fact]
    public void Parts_OfAUser_AreThoseOfChat()
    {
        var body = ResponsesRun.Body(
            """
            {"input":[{"role":"user","content":[{"type":"input_text","text":"see"},{"type":"input_image","image_url":"data:image/png;base64,AA==","detail":"original"},{"type":"input_image","image_url":"http://a/b"},
             {"type":"input_file","filename":"a.pdf","file_data":"data:application/pdf;base64,AA=="},{"type":"input_file","filename":"a.txt","file_data":"data:text/plain;base64,YSAiYiI="},
             {"type":"input_audio","input_audio":{"data":"AA==","format":"wav"}}]}]}
            """);

        Assert.Equal(
            """
            [{"type":"text","text":"see"},{"type":"image_url","image_url":{"url":"data:image/png;base64,AA==","detail":"high"}},{"type":"image_url","image_url":{"url":"http://a/b"}},
            {"type":"file","file":{"filename":"a.pdf","file_data":"data:application/pdf;base64,AA=="}},{"type":"text","text":"a.txt:\n\na \"b\""},{"type":"input_audio","input_audio":{"data":"AA==","format":"wav"}}]
            """.ReplaceLineEndings(""),
            Written(body["messages"]![0]!["content"]));
    }

    [Theory]
    [InlineData("""{"format":{"type":"text"}}""", null)]
    [InlineData("""{"format":{"type":"json_object"}}""", """{"type":"json_object"}""")]
    [InlineData("""{"format":{"type":"json_schema","name":"n","description":"d","schema":{"a":1.0},"strict":false}}""", """{"type":"json_schema","json_schema":{"name":"n","description":"d","schema":{"a":1.0},"strict":false}}""")]
    public void TextFormat_BecomesResponseFormat(string text, string? expected) =>
        Assert.Equal(expected, ResponsesRun.Body($$"""{"input":"hi","text":{{text}}}""")["response_format"]?.ToJsonString());

    [Theory]
    [InlineData("\"include\":[\"message.output_text.logprobs\"]", "true", null)]
    [InlineData("\"top_logprobs\":2", "true", "2")]
    [InlineData("\"top_logprobs\":0", null, null)]
    public void Logprobs_AreAskedFor_WhereTheRequestDoes(string member, string? logprobs, string? top)
    {
        var body = ResponsesRun.Body($$"""{"input":"hi",{{member}}}""");

        Assert.Equal((logprobs, top), (body["logprobs"]?.ToJsonString(), body["top_logprobs"]?.ToJsonString()));
    }

    [Fact]
    public void Verbosity_AndEffort_GoAlong()
    {
        var body = ResponsesRun.Body("""{"input":"hi","text":{"verbosity":"low"},"reasoning":{"effort":"high","summary":"auto"}}""");

        Assert.Equal(("low", "high"), ((string?)body["verbosity"], (string?)body["reasoning_effort"]));
    }

    [Theory]
    [InlineData(true, """{"include_usage":true}""")]
    [InlineData(false, null)]
    public void Stream_AsksForUsage_WhereTheEngineKnowsHow(bool reports, string? expected)
    {
        var translation = ResponsesRun.Create("""{"input":"hi","stream":true}""", reports);

        Assert.True(translation.Streams);
        Assert.Equal(expected, JsonNode.Parse(translation.Body.Span)!["stream_options"]?.ToJsonString());
    }

    [Fact]
    public void NoJson_IsRefused() => Assert.Equal(400, ResponsesRun.Refused("""{"input":""").Status);

    [Fact]
    public void LargeImages_AreCarriedOnce()
    {
        var image = new string('A', 30 * 1024 * 1024);
        var request = Encoding.UTF8.GetBytes(
            $$"""{"input":[{"role":"user","content":[{"type":"input_image","image_url":"{{image}}"}]},{"type":"function_call_output","call_id":"c","output":[{"type":"input_image","image_url":"{{image}}"}]}]}""");
        var before = GC.GetAllocatedBytesForCurrentThread();
        var translation = Gateway.Proxy.Translation.ResponsesTranslation.Create(request, new("m", static () => "1", TimeProvider.System, true), out _)!;

        // One array for the body, and a little.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, request.Length, request.Length + (1024 * 1024));
        Assert.InRange(translation.Body.Length, request.Length, request.Length + 1024);
    }

    internal static string? Written(JsonNode? node) => node?.ToJsonString(new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}
