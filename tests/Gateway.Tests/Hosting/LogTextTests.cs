using System.Text;
using Gateway.Hosting;
using Xunit;

namespace Gateway.Tests.Hosting;

/// <summary>No line of the log steers what shows it.</summary>
public sealed class LogTextTests
{
    [Theory]
    [InlineData("info: all is well, ünï 漢 😀\n", "info: all is well, ünï 漢 😀\n")]
    [InlineData("a\u001b[31mb\u009bc\r\n", "a?[31mb?c\r\n")]
    [InlineData("a\nforged: line\n", "a?forged: line\n")]
    [InlineData("a\u2028b\u202ec\u2066d\u0085e\tf", "a?b?c?d?e?f")]
    [InlineData("\n", "\n")]
    [InlineData("", "")]
    public void MakeHarmless_Line_KeepsItsEndAndNoOtherControl(string line, string expected)
    {
        var text = new StringBuilder(line);

        LogText.MakeHarmless(text);

        Assert.Equal(expected, text.ToString());
    }

    [Fact]
    public void MakeHarmless_LineInManyChunks_IsSearchedWhole()
    {
        var text = new StringBuilder(16);
        for (var i = 0; i < 1000; i++)
        {
            text.Append("0123456789\u001b");
        }

        LogText.MakeHarmless(text);

        Assert.DoesNotContain('\u001b', text.ToString());
    }
}
