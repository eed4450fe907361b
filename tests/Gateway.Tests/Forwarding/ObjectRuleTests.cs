using System.Text;
using Gateway.Proxy.Requests;
using Xunit;

namespace Gateway.Tests.Forwarding;

/// <summary>References to stored objects in requests of keys that may not use them.</summary>
public sealed class ObjectRuleTests
{
    [Theory]
    [InlineData("""{"previous_response_id":"resp_1"}""", "previous_response_id")]
    [InlineData("""{"conversation":{"id":"conv_1"}}""", "conversation")]
    [InlineData("""{"conversation":"conv_1"}""", "conversation")]
    [InlineData("""{"input":[{"role":"user","content":[{"type":"input_file","file_id":"file-1"}]}]}""", "input[0].content[0].file_id")]
    [InlineData("""{"input":[{"type":"item_reference","id":"msg_1"}]}""", "input[0].type")]
    [InlineData("""{"tools":[{"type":"file_search","vector_store_ids":["vs_1"]}]}""", "tools[0].vector_store_ids")]
    [InlineData("""{"tools":[{"type":"code_interpreter","container":"cntr_1"}]}""", "tools[0].container")]
    [InlineData("""{"tools":[{"type":"code_interpreter","container":{"type":"auto","file_ids":["file-1"]}}]}""", "tools[0].container.file_ids")]
    [InlineData("""{"messages":[{"content":[{"type":"file","file":{"file\u005fid":"file-1"}}]}]}""", "messages[0].content[0].file.file_id")]
    public void Reference_ToAnObject_IsFound(string body, string path) => Assert.Equal(path, Find(body, stored: true));

    [Theory]
    [InlineData("""{"previous_response_id":null,"conversation":null,"store":true}""")]
    [InlineData("""{"metadata":{"file_id":"f"},"input":"file_id"}""")]
    [InlineData("""{"input":[{"type":"message","content":[{"type":"output_text","annotations":[{"type":"file_citation","file_id":"f"}]}]}]}""")]
    [InlineData("""{"tools":[{"type":"function","parameters":{"properties":{"file_id":{"type":"string"}}}}]}""")]
    [InlineData("""{"tools":[{"type":"code_interpreter","container":{"type":"auto","file_ids":[]}}]}""")]
    [InlineData("""{"messages":[{"role":"tool","tool_call_id":"call_1"}]}""")]
    public void Reference_ToNone_IsLetThrough(string body) => Assert.Null(Find(body, stored: true));

    // An engine without files takes the name for nothing.
    [Fact]
    public void Reference_ToAFile_MattersWhereFilesAreKept()
    {
        Assert.Null(Find("""{"input":[{"file_id":"x"}]}""", stored: false));
        Assert.Equal("previous_response_id", Find("""{"previous_response_id":"x"}""", stored: false));
    }

    private static string? Find(string body, bool stored)
    {
        Assert.True(JsonMembers.TryParse(Encoding.UTF8.GetBytes(body), out var members, out _));
        return ObjectRule.Reference(members, stored);
    }
}
