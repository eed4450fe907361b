using System.Text.Json;
using Xunit;

namespace Gateway.Tests.Demo;

/// <summary>The Responses API: text and calls, whole and as numbered events.</summary>
public sealed class ResponsesTests(DemoHost demo) : IClassFixture<DemoHost>
{
    private const string Path = "/v1/responses";
    private const string Introduction = "This is the gateway's built-in demo engine, no model is running.";
    private const string Tools = """[{"type":"web_search"},{"type":"function","name":"get_weather","parameters":{"type":"object","properties":{"city":{"type":"string"}},"required":["city"]},"strict":true}]""";

    [Theory]
    [InlineData("\"Hello\"", "You said: Hello")]
    [InlineData("""[{"role":"user","content":"Hello"}]""", "You said: Hello")]
    [InlineData("""[{"type":"message","role":"user","content":[{"type":"input_text","text":"Hello"},{"type":"input_image","image_url":"data:,"}]},{"type":"reasoning","summary":[]}]""", "You said: Hello")]
    [InlineData("""[{"role":"user","content":"Hello"},{"type":"function_call","call_id":"c","name":"f","arguments":"{}"},{"type":"function_call_output","call_id":"c","output":"21"}]""", "The tool answered: 21")]
    public async Task Answer_AnyInput_EchoesIt(string input, string said)
    {
        var response = await demo.AskAsync(Path, $$"""{"model":"demo","instructions":"Be brief.","input":{{input}}}""");

        Assert.Equal(("response", "completed", "demo"), (Text(response, "object"), Text(response, "status"), Text(response, "model")));
        Assert.Equal("Be brief.", Text(response, "instructions"));
        Assert.Equal(JsonValueKind.Null, response.GetProperty("error").ValueKind);
        var item = Assert.Single(response.GetProperty("output").EnumerateArray());
        Assert.Equal(("message", "assistant", "completed"), (Text(item, "type"), Text(item, "role"), Text(item, "status")));
        var part = Assert.Single(item.GetProperty("content").EnumerateArray());
        Assert.Equal(("output_text", $"{Introduction} {said}"), (Text(part, "type"), Text(part, "text")));
        var usage = response.GetProperty("usage");
        Assert.Equal(usage.GetProperty("total_tokens").GetInt32(), usage.GetProperty("input_tokens").GetInt32() + usage.GetProperty("output_tokens").GetInt32());
    }

    [Fact]
    public async Task Answer_Limited_IsIncomplete()
    {
        const string Body = """ "input":"Hello","max_output_tokens":3} """;

        var response = await demo.AskAsync(Path, "{" + Body);
        var events = await demo.StreamAsync(Path, "{\"stream\":true," + Body);

        Assert.Equal("incomplete", Text(response, "status"));
        Assert.Equal("max_output_tokens", Text(response.GetProperty("incomplete_details"), "reason"));
        Assert.Equal("This is the", Text(response.GetProperty("output")[0].GetProperty("content")[0], "text"));
        Assert.Equal("response.incomplete", events[^1].Name);
    }

    [Theory]
    [InlineData("\"required\"")]
    [InlineData("""{"type":"function","name":"get_weather"}""")]
    public async Task Answer_ToolIsDue_IsItsCall(string choice)
    {
        var response = await demo.AskAsync(Path, $$"""{"input":"Hello","tools":{{Tools}},"tool_choice":{{choice}}}""");

        var item = Assert.Single(response.GetProperty("output").EnumerateArray());
        Assert.Equal(("function_call", "get_weather", """{"city":"demo"}"""), (Text(item, "type"), Text(item, "name"), Text(item, "arguments")));
        Assert.StartsWith("call_", Text(item, "call_id"), StringComparison.Ordinal);
        Assert.Equal(2, response.GetProperty("tools").GetArrayLength());
    }

    [Fact]
    public async Task Answer_JsonSchema_IsKept()
    {
        var response = await demo.AskAsync(Path, """
            {"input":"Hello","text":{"format":{"type":"json_schema","name":"n","schema":{"type":"object","properties":{"ok":{"type":"boolean"}},"required":["ok"]}}}}
            """);

        Assert.Equal("""{"ok":true}""", Text(response.GetProperty("output")[0].GetProperty("content")[0], "text"));
        Assert.Equal("json_schema", Text(response.GetProperty("text").GetProperty("format"), "type"));
    }

    [Fact]
    public async Task Stream_Text_HasEveryEventInOrder()
    {
        var events = await EventsAsync("""{"stream":true,"input":"Hello"}""");

        Assert.Equal(
            [
                "response.created", "response.in_progress", "response.output_item.added", "response.content_part.added", "response.output_text.delta",
                "response.output_text.done", "response.content_part.done", "response.output_item.done", "response.completed",
            ],
            events.Select(one => Text(one, "type")).Distinct());
        var text = Text(events.Single(one => Text(one, "type") == "response.output_text.done"), "text");
        Assert.Equal($"{Introduction} You said: Hello", text);
        Assert.Equal(text, string.Concat(events.Where(one => Text(one, "type") == "response.output_text.delta").Select(one => Text(one, "delta"))));
        AssertFinal(events);
    }

    [Fact]
    public async Task Stream_Call_HasEveryEventInOrder()
    {
        var events = await EventsAsync($$"""{"stream":true,"input":"get_weather","tools":{{Tools}}}""");

        Assert.Equal(
            [
                "response.created", "response.in_progress", "response.output_item.added", "response.function_call_arguments.delta",
                "response.function_call_arguments.done", "response.output_item.done", "response.completed",
            ],
            events.Select(one => Text(one, "type")).Distinct());
        var arguments = Text(events.Single(one => Text(one, "type") == "response.function_call_arguments.done"), "arguments");
        Assert.Equal("""{"city":"demo"}""", arguments);
        Assert.Equal(arguments, string.Concat(events.Where(one => Text(one, "type") == "response.function_call_arguments.delta").Select(one => Text(one, "delta"))));
        AssertFinal(events);
    }

    private async Task<JsonElement[]> EventsAsync(string body)
    {
        var events = await demo.StreamAsync(Path, body);
        var data = events.Select(one => JsonSerializer.Deserialize<JsonElement>(one.Data)).ToArray();
        Assert.Equal(events.Select(one => one.Name), data.Select(one => Text(one, "type")));
        Assert.Equal(Enumerable.Range(0, data.Length), data.Select(one => one.GetProperty("sequence_number").GetInt32()));
        return data;
    }

    /// <summary>The item is one and the same through the stream, and the last event holds it whole.</summary>
    private static void AssertFinal(JsonElement[] events)
    {
        var done = events.Single(one => Text(one, "type") == "response.output_item.done").GetProperty("item");
        Assert.All(events.Where(one => one.TryGetProperty("item_id", out _)), one => Assert.Equal(Text(done, "id"), Text(one, "item_id")));
        var response = events[^1].GetProperty("response");
        Assert.Equal(Text(events[0].GetProperty("response"), "id"), Text(response, "id"));
        Assert.Equal(done.GetRawText(), Assert.Single(response.GetProperty("output").EnumerateArray()).GetRawText());
        Assert.Equal(0, events[0].GetProperty("response").GetProperty("output").GetArrayLength());
        Assert.True(response.GetProperty("usage").GetProperty("output_tokens").GetInt32() > 0);
    }

    private static string? Text(JsonElement element, string name) => element.GetProperty(name).GetString();
}
