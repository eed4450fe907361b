using System.Text;
using Gateway.Proxy.Requests;
using Gateway.Proxy.Responses;
using Xunit;

namespace Gateway.Tests.Forwarding;

/// <summary>Limits of the answer above the model's context.</summary>
public sealed class AnswerLengthTests
{
    [Theory]
    [InlineData("max_tokens", "32000", "4096")]
    [InlineData("max_completion_tokens", "4097", "4096")]
    [InlineData("max_output_tokens", "\"100000\"", "4096")]
    [InlineData("max_tokens", "123456789012345678901234567890", "4096")]
    [InlineData("max_tokens", "4096", "4096")]
    [InlineData("max_tokens", "1", "1")]
    [InlineData("max_tokens", "null", "null")]
    [InlineData("max_tokens", "-5", "-5")]
    [InlineData("max_tokens", "9000.5", "9000.5")]
    [InlineData("max_tokens", "\"many\"", "\"many\"")]
    [InlineData("min_tokens", "9000", "9000")]
    public void Clamp_Limit_IsTheContextAtMost(string name, string given, string expected)
    {
        var body = $$"""{"x":1, "{{name}}" : {{given}} }""";
        Assert.True(JsonMembers.TryParse(Encoding.UTF8.GetBytes(body), out var members, out _));
        var edit = new JsonEdit(members);

        AnswerLength.Clamp(members, edit, 4096);

        Assert.Equal($$"""{"x":1, "{{name}}" : {{expected}} }""", Encoding.UTF8.GetString(edit.ToArray(body.Length)));
        Assert.Equal(given == expected, edit.IsEmpty);
    }
}
