using System.Text;
using Gateway.Core.Errors;
using Gateway.Engines;
using Gateway.Engines.Endpoints;
using Gateway.Proxy.Requests;
using Xunit;

namespace Gateway.Tests.Forwarding;

/// <summary>Tools that a server runs are left out of every API's requests; what is not such a tool keeps its bytes.</summary>
public sealed class ServerToolFilterTests
{
    private const string Own = """{"type":"function","name":"f","parameters":{"maximum":1.50e3, "x":"ü"}}""";

    [Theory]
    [InlineData("web_search")]
    [InlineData("WEB_SEARCH")]
    [InlineData("web_search_preview_2025_03_11")]
    [InlineData("web_search_20250305")]
    [InlineData("web_fetch_20250910")]
    [InlineData("code_execution_20250825")]
    [InlineData("code_interpreter")]
    [InlineData("file_search")]
    [InlineData("mcp")]
    [InlineData("mcp_toolset")]
    [InlineData("image_generation")]
    [InlineData("openrouter:web_search")]
    public void Apply_ToolOfTheServer_IsLeftOutAndTheOthersKeepTheirBytes(string type)
    {
        var (body, removed, refused) = Filter($$"""{"tools": [{"type":"{{type}}","server_url":"http://10.0.0.1"},{{Own}}, {"Type":"{{type}}"}], "tool_choice":"auto" }""");

        Assert.Null(refused);
        Assert.Equal($$"""{"tools": [{{Own}}], "tool_choice":"auto" }""", body);
        Assert.Equal($"tools.{type}", Assert.Single(removed!));
    }

    // Codex' group, the tools that Anthropic's clients run, and a tool that only mentions a search.
    [Theory]
    [InlineData("""{"type":"namespace","name":"n","tools":[{"type":"function","name":"f"}]}""")]
    [InlineData("""{"type":"custom","name":"web_search"}""")]
    [InlineData("""{"name":"web_search","input_schema":{"type":"object","properties":{"type":{"type":"web_search"}}}}""")]
    [InlineData("""{"type":"bash_20250124","name":"bash"}""")]
    [InlineData("""{"type":"text_editor_20250728","name":"str_replace_based_edit_tool"}""")]
    [InlineData("""{"type":"computer_20250124","name":"computer"}""")]
    [InlineData("""{"type":"local_shell"}""")]
    [InlineData("""{"type":"shell","environment":{"type":"local"}}""")]
    [InlineData("""{"type":"function","function":{"name":"web_search","parameters":{"type":"object"}}}""")]
    public void Apply_ToolOfTheCaller_KeepsItsBytes(string tool)
    {
        var given = $$"""{ "tools" :[ {{tool}} ],"tool_choice":"required"}""";

        var (body, removed, refused) = Filter(given);

        Assert.Null(refused);
        Assert.Null(removed);
        Assert.Equal(given, body);
    }

    // Whatever a lenient engine might take for the type.
    [Theory]
    [InlineData("""[{"type":"function","type":"mcp"}]""")]
    [InlineData("""[{"type":"mcp","type":"function"}]""")]
    [InlineData("""[{"type":"function","Type":"MCP"}]""")]
    [InlineData("""[{"t\u0079pe":"\u006dcp"}]""")]
    [InlineData("""[{"\ud800":1,"type":"mcp"}]""")]
    [InlineData("""[{"type":"\ud800"},{"type":"mcp"}]""")]
    [InlineData("""[{"type":"namespace","tools":[{"type":"web_search"}]}]""")]
    [InlineData("""[{"type":"shell","environment":{"type":"container_auto"}}]""")]
    public void Apply_HiddenTool_IsLeftOut(string tools) => Assert.Equal("{}", Filter($$"""{"tools":{{tools}}}""").Body);

    [Theory]
    [InlineData("[7,\"mcp\",null]")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{\"type\":\"mcp\"}")]
    public void Apply_NoListOfTools_KeepsItsBytes(string tools) => Assert.Equal($$"""{"tools":{{tools}}}""", Filter($$"""{"tools":{{tools}}}""").Body);

    [Theory]
    [InlineData("\"auto\"")]
    [InlineData("\"none\"")]
    [InlineData("""{"type":"auto","disable_parallel_tool_use":true}""")]
    public void Apply_NothingLeftToChooseFrom_ChoiceGoesToo(string choice) =>
        Assert.Equal("""{"x":1}""", Filter($$"""{"x":1,"tools":[{"type":"web_search"}],"tool_choice":{{choice}}}""").Body);

    [Theory]
    [InlineData("""[{"type":"web_search"}]""", "\"required\"")]
    [InlineData("""[{"type":"web_search_20250305","name":"web_search"}]""", """{"type":"any"}""")]
    [InlineData("""[{"type":"web_search_20250305","name":"web_search"},{"name":"f"}]""", """{"type":"tool","name":"web_search"}""")]
    [InlineData("""[{"type":"web_search_preview"},{"type":"function","name":"f"}]""", """{"type":"web_search_preview"}""")]
    [InlineData("""[{"type":"mcp","server_label":"web_search"},{"type":"function","name":"f"}]""", """{"type":"allowed_tools","mode":"auto","tools":[{"type":"function","name":"f"},{"type":"mcp","server_label":"web_search"}]}""")]
    public void Apply_ChoiceOfWhatIsLeftOut_IsRefusedByName(string tools, string choice)
    {
        var refused = Filter($$"""{"tools":{{tools}},"tool_choice":{{choice}}}""").Refused;

        Assert.Equal(400, refused!.Status);
        Assert.Equal("tool_choice", refused.Param);
        Assert.True(refused.Message.Contains("web_search", StringComparison.Ordinal) || refused.Message.Contains("mcp", StringComparison.Ordinal), refused.Message);
    }

    [Fact]
    public void Apply_ChoiceOfAToolThatStays_IsKept()
    {
        const string Choice = """{"type":"tool","name":"f"}""";

        Assert.Equal($$"""{"tools":[{"name":"f"}],"tool_choice":{{Choice}}}""", Filter($$"""{"tools":[{"type":"web_search_20250305","name":"web_search"},{"name":"f"}],"tool_choice":{{Choice}}}""").Body);
    }

    [Theory]
    [InlineData("web_search_options", "{}")]
    [InlineData("MCP_Servers", """[{"type":"url","url":"http://10.0.0.1/"}]""")]
    public void Apply_MemberThatAsksForSuchATool_IsLeftOut(string name, string value)
    {
        var (body, removed, _) = Filter($$"""{"a":1,"{{name}}":{{value}}}""");

        Assert.Equal("""{"a":1}""", body);
        Assert.Equal(name.ToLowerInvariant(), Assert.Single(removed!));
    }

    [Fact]
    public void Apply_DeepBesideATool_KeepsItsBytes()
    {
        var deep = $$"""{"type":"function","parameters":{{new string('[', 300)}}{{new string(']', 300)}}}""";

        Assert.Equal($$"""{"tools":[{{deep}}]}""", Filter($$"""{"tools":[{{deep}},{"type":"mcp"}]}""").Body);
    }

    [Fact]
    public void Profiles_AllButAWholeService_RunNone() =>
        Assert.Equal(["openai"], EngineCatalog.All.Where(engine => engine.Requests.RunsServerTools).Select(engine => engine.Id));

    private static (string Body, List<string>? Removed, GatewayError? Refused) Filter(string body)
    {
        Assert.True(JsonMembers.TryParse(Encoding.UTF8.GetBytes(body), out var members, out var fault), fault);
        var edited = new BodyEditor(new RequestDialect(), withoutServerTools: true).Edit(members, EndpointCatalog.Find(EndpointId.Responses), null);
        return (Encoding.UTF8.GetString(edited.Edit.ToArray(body.Length)), edited.Removed, edited.Refused);
    }
}
