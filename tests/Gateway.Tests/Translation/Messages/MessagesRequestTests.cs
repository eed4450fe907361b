using System.Text;
using System.Text.Json;
using Gateway.Proxy.Translation;
using Xunit;

namespace Gateway.Tests.Translation;

/// <summary>What becomes of the members of a request.</summary>
public sealed class MessagesRequestTests
{
    [Fact]
    public void ClaudeCode_WholeRequest_IsTaken()
    {
        var request = File.ReadAllText(Path.Combine(Clone.Root, "tests", "fixtures", "translation", "claude-code.json"));
        var translation = MessagesRig.Create(request);
        var chat = JsonDocument.Parse(translation.Body).RootElement;

        Assert.True(translation.Streams);
        Assert.Equal(["system", "user", "assistant", "tool", "assistant", "tool"], chat.GetProperty("messages").EnumerateArray().Select(message => message.GetProperty("role").GetString()));
        Assert.DoesNotContain("billing", Encoding.UTF8.GetString(translation.Body.Span), StringComparison.Ordinal);
        Assert.Equal(11, chat.GetProperty("tools").GetArrayLength());
        Assert.Equal("high", chat.GetProperty("reasoning_effort").GetString());
        Assert.Equal(["context_management", "cache_control", "tools.defer_loading"], translation.LeftOut);
        Assert.Contains("session_id", chat.GetProperty("user").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Model_IsTheEngines() => Assert.Equal("test-model", MessagesRig.Chat(MessagesRig.Hello).GetProperty("model").GetString());

    [Theory]
    [InlineData("""{"thinking":{"type":"adaptive"},"output_config":{"effort":"low"}}""", "low")]
    [InlineData("""{"output_config":{"effort":"medium"}}""", "medium")]
    [InlineData("""{"output_config":{"effort":"xhigh"}}""", "high")]
    [InlineData("""{"output_config":{"effort":"max"}}""", "high")]
    [InlineData("""{"thinking":{"type":"disabled"},"output_config":{"effort":"max"}}""", "none")]
    [InlineData("""{"thinking":{"type":"enabled","budget_tokens":1024}}""", "low")]
    [InlineData("""{"thinking":{"type":"enabled","budget_tokens":16000}}""", "medium")]
    [InlineData("""{"thinking":{"type":"enabled","budget_tokens":32000}}""", "high")]
    [InlineData("""{"thinking":{"type":"adaptive"}}""", null)]
    public void Thinking_IsReasoningEffort(string members, string? effort)
    {
        var chat = MessagesRig.Chat(MessagesRig.With(members[1..^1]));

        Assert.Equal(effort, chat.TryGetProperty("reasoning_effort", out var given) ? given.GetString() : null);
        Assert.False(chat.TryGetProperty("thinking", out _) || chat.TryGetProperty("output_config", out _));
    }

    [Theory]
    [InlineData("\"service_tier\":\"auto\"", "service_tier")]
    [InlineData("\"top_k\":5", "top_k")]
    [InlineData("\"context_management\":{\"edits\":[]}", "context_management")]
    [InlineData("\"mcp_servers\":[{\"url\":\"http://x\"}]", "mcp_servers")]
    [InlineData("\"inference_geo\":\"us\"", "inference_geo")]
    [InlineData("\"a b\\nc\":1", "a?b?c")]
    [InlineData("\"cache_control\":{\"type\":\"ephemeral\"}", "cache_control")]
    public void Member_WithoutACounterpart_IsLeftOutAndNamed(string member, string name)
    {
        var translation = MessagesRig.Create(MessagesRig.With(member));

        Assert.Equal([name], translation.LeftOut);
        Assert.Equal(["max_tokens", "messages", "model"], JsonDocument.Parse(translation.Body).RootElement.EnumerateObject().Select(one => one.Name).Order());
    }

    [Fact]
    public void LeftOut_ManyMembers_IsBounded() =>
        Assert.Equal(16, MessagesRig.Create(MessagesRig.With(string.Join(',', Enumerable.Range(0, 100).Select(i => $"\"x{i}\":1")))).LeftOut.Count);

    [Theory]
    [InlineData("\"container\":\"c_1\"", "container")]
    [InlineData("\"thread\":{\"id\":1}", "thread")]
    [InlineData("\"stop_sequences\":[\"\"]", "stop_sequences")]
    [InlineData("\"stop_sequences\":\"x\"", "stop_sequences")]
    [InlineData("\"temperature\":\"warm\"", "temperature")]
    [InlineData("\"stream\":1", "stream")]
    [InlineData("\"metadata\":1", "metadata")]
    [InlineData("\"metadata\":{\"user_id\":1}", "metadata.user_id")]
    [InlineData("\"thinking\":{\"type\":\"sometimes\"}", "thinking.type")]
    [InlineData("\"thinking\":true", "thinking")]
    [InlineData("\"output_config\":{\"effort\":\"huge\"}", "output_config.effort")]
    [InlineData("\"output_format\":{\"type\":\"json_schema\"}", "output_format.schema")]
    [InlineData("\"output_format\":{\"type\":\"regex\"}", "output_format.type")]
    [InlineData("\"system\":5", "system")]
    [InlineData("\"system\":[{\"type\":\"image\"}]", "system.0")]
    [InlineData("\"max_tokens\":1", "max_tokens")]
    [InlineData("\"Messages\":[]", "messages")]
    [InlineData("\"tools\":{}", "tools")]
    public void Member_ThatCannotBeServed_IsRefusedByName(string member, string name)
    {
        var error = MessagesRig.Refused(MessagesRig.With(member));

        Assert.Equal(name, error.Param);
        Assert.StartsWith($"`{name}` ", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"messages":[{"role":"user","content":"hi"}]}""", "max_tokens")]
    [InlineData("""{"max_tokens":0,"messages":[{"role":"user","content":"hi"}]}""", "max_tokens")]
    [InlineData("""{"max_tokens":1.5,"messages":[{"role":"user","content":"hi"}]}""", "max_tokens")]
    [InlineData("""{"max_tokens":5}""", "messages")]
    [InlineData("""{"max_tokens":5,"messages":[]}""", "messages")]
    [InlineData("""{"max_tokens":5,"messages":[1]}""", "messages.0.content")]
    [InlineData("""{"max_tokens":5,"messages":[{"role":"tool","content":"hi"}]}""", "messages.0.role")]
    [InlineData("""{"max_tokens":5,"messages":[{"role":"user","content":"hi"},{"role":"user","content":null}]}""", "messages.1.content")]
    [InlineData("""{"max_tokens":5,"messages":[{"role":"user","content":[{"type":"hologram"}]}]}""", "messages.0.content.0")]
    [InlineData("""{"max_tokens":5,"messages":[{"role":"assistant","content":[{"type":"image"}]}]}""", "messages.0.content.0")]
    [InlineData("""{"max_tokens":5,"messages":[{"role":"assistant","content":[{"type":"tool_use","name":"f"}]}]}""", "messages.0.content.0.id")]
    [InlineData("""{"max_tokens":5,"messages":[{"role":"assistant","content":[{"type":"tool_use","id":"a","name":"f","input":"x"}]}]}""", "messages.0.content.0.input")]
    [InlineData("""{"max_tokens":5,"messages":[{"role":"user","content":[{"type":"tool_result","content":"x"}]}]}""", "messages.0.content.0.tool_use_id")]
    [InlineData("""{"max_tokens":5,"messages":[{"role":"user","content":[{"type":"image","source":{"type":"file","file_id":"f"}}]}]}""", "messages.0.content.0.source")]
    [InlineData("""{"max_tokens":5,"messages":[{"role":"user","content":[{"type":"document","source":{"type":"url","url":"https://a"}}]}]}""", "messages.0.content.0.source")]
    public void Request_WithAFault_IsRefusedByName(string request, string name) => Assert.Equal(name, MessagesRig.Refused(request).Param);

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{\"messages\":")]
    public void Body_ThatIsNoObject_IsRefused(string body) => Assert.Equal("invalid_json", MessagesRig.Refused(body).Code);

    [Fact]
    public void Documents_GoAsTextAndAsFiles()
    {
        var content = MessagesRig.Chat(MessagesRig.Says("""
            [{"type":"document","title":"a.txt","context":"from x","source":{"type":"text","media_type":"text/plain","data":"A"}},
             {"type":"document","source":{"type":"content","content":[{"type":"text","text":"B"},{"type":"image","source":{"type":"url","url":"https://i"}}]}},
             {"type":"document","source":{"type":"base64","media_type":"application/pdf","data":"JVBERi0="}},
             {"type":"search_result","title":"t","source":"https://s","content":[{"type":"text","text":"S"}]}]
            """)).GetProperty("messages")[0].GetProperty("content");

        Assert.Equal("[Document: a.txt]\nfrom x\nA", content[0].GetProperty("text").GetString());
        Assert.Equal("B", content[1].GetProperty("text").GetString());
        Assert.Equal("https://i", content[2].GetProperty("image_url").GetProperty("url").GetString());
        Assert.Equal("data:application/pdf;base64,JVBERi0=", content[3].GetProperty("file").GetProperty("file_data").GetString());
        Assert.Equal("document.pdf", content[3].GetProperty("file").GetProperty("filename").GetString());
        Assert.Equal("[Document: t]\nhttps://s\n", content[4].GetProperty("text").GetString());
        Assert.Equal("S", content[5].GetProperty("text").GetString());
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("[{\"type\":\"text\",\"text\":\"\"}]")]
    public void UserTurn_WithNothingInIt_KeepsItsPlace(string blocks) =>
        Assert.Equal("", MessagesRig.Chat(MessagesRig.Says(blocks)).GetProperty("messages")[0].GetProperty("content").GetString());

    [Fact]
    public void AssistantTurn_BlocksOfServers_AreLeftOutAndNamed()
    {
        var translation = MessagesRig.Create("""
            {"max_tokens":5,"messages":[{"role":"assistant","content":[{"type":"redacted_thinking","data":"x"},{"type":"server_tool_use","id":"s","name":"web_search","input":{}},
            {"type":"web_search_tool_result","tool_use_id":"s","content":[]},{"type":"text","text":"Found "},{"type":"text","text":"it."}]},{"role":"user","content":"go"}]}
            """);

        Assert.Equal(["redacted_thinking", "server_tool_use", "web_search_tool_result"], translation.LeftOut);
        Assert.Equal("""{"role":"assistant","content":"Found it."}""", JsonDocument.Parse(translation.Body).RootElement.GetProperty("messages")[0].GetRawText());
    }

    [Fact]
    public void Numbers_KeepTheirDigits()
    {
        var body = Encoding.UTF8.GetString(MessagesRig.Create("""
            {"max_tokens":5,"temperature":0.10,"messages":[{"role":"assistant","content":[{"type":"tool_use","id":"a","name":"f","input":{"n":9007199254740993, "e":1E400}}]},{"role":"user","content":"go"}],
             "tools":[{"name":"f","input_schema":{"maximum":18446744073709551617}}]}
            """).Body.Span);

        Assert.Contains("\"temperature\":0.10", body, StringComparison.Ordinal);
        Assert.Contains("""{\"n\":9007199254740993, \"e\":1E400}""", body, StringComparison.Ordinal);
        Assert.Contains("18446744073709551617", body, StringComparison.Ordinal);
    }

    [Fact]
    public void LargeBody_ManyToolsAndAnImage_IsWrittenOnce()
    {
        var tools = string.Join(',', Enumerable.Range(0, 500).Select(i => $$$"""{"name":"tool_{{{i}}}","input_schema":{"type":"object"}}"""));
        var request = MessagesRig.Says($$$"""[{"type":"image","source":{"type":"base64","media_type":"image/png","data":"{{{new string('A', 8_000_000)}}}"}}]""")[..^1] + $",\"tools\":[{tools}]}}";
        var bytes = Encoding.UTF8.GetBytes(request);
        var before = GC.GetAllocatedBytesForCurrentThread();

        var translation = MessagesTranslation.Create(bytes, MessagesRig.Context(), out _);

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, (bytes.Length * 5L / 4) + (1024 * 1024));
        Assert.Equal(500, JsonDocument.Parse(translation!.Body).RootElement.GetProperty("tools").GetArrayLength());
    }
}
