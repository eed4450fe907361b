using System.Text;
using System.Text.Json;
using Gateway.Proxy.Translation;
using Xunit;

namespace Gateway.Tests.Translation;

/// <summary>The estimate of a prompt's tokens.</summary>
public sealed class MessagesTokenCountTests
{
    [Fact]
    public void Answer_HasTheOneMember_AndNeedsNoLimit() =>
        Assert.Equal("input_tokens", Assert.Single(Parse("""{"messages":[{"role":"user","content":"hi"}]}""").EnumerateObject()).Name);

    [Fact]
    public void Estimate_GrowsWithTextToolsAndSystem()
    {
        var plain = Count(MessagesRig.Says("\"" + new string('a', 4000) + "\""));

        Assert.InRange(plain, 1000, 1020);
        Assert.InRange(Count(MessagesRig.Says("\"" + new string('\u65e5', 1000) + "\"")), 1000, 1020);
        Assert.True(Count(MessagesRig.With($"\"tools\":[{MessagesRig.Tool}]")) > Count(MessagesRig.Hello));
        Assert.True(Count(MessagesRig.With("\"system\":\"Be brief and kind.\"")) > Count(MessagesRig.Hello));
    }

    [Fact]
    public void Estimate_OfAnImage_DoesNotFollowItsBytes()
    {
        string Image(int bytes) => MessagesRig.Says($$$"""[{"type":"image","source":{"type":"base64","media_type":"image/png","data":"{{{new string('A', bytes)}}}"}}]""");

        Assert.Equal(Count(Image(100)), Count(Image(1_000_000)));
        Assert.InRange(Count(Image(100)), 1600, 1700);
    }

    [Fact]
    public void Estimate_OfASchemaAsDeepAsABodyMayBe_IsGiven()
    {
        var schema = string.Concat(Enumerable.Repeat("{\"a\":", 500)) + "1" + new string('}', 500);

        Assert.True(Count(MessagesRig.With($$$"""
            "tools":[{"name":"f","input_schema":{"x":{{{schema}}}}}]
            """)) > 100);
    }

    [Fact]
    public void Request_WithAFault_IsRefused()
    {
        Assert.Null(MessagesTokenCount.Create("{}"u8.ToArray(), MessagesRig.Context(), out var error));
        Assert.Equal("messages", error!.Param);
    }

    private static long Count(string request) => Parse(request).GetProperty("input_tokens").GetInt64();

    private static JsonElement Parse(string request) => JsonDocument.Parse(MessagesTokenCount.Create(Encoding.UTF8.GetBytes(request), MessagesRig.Context(), out _)!).RootElement;
}
