using Gateway.Generator;
using Xunit;

namespace Gateway.Tests.Generated;

public sealed class MarkdownTests
{
    [Theory]
    [InlineData("A plain sentence.", "A plain sentence.")]
    [InlineData("<think> and *", @"\<think> and \*")]
    [InlineData("in `<code> *` only", "in `<code> *` only")]
    [InlineData("an image ![](url)", @"an image !\[](url)")]
    public void Text_SignsThatMarkdownActsOn_AreEscapedOutsideCode(string sentence, string expected) =>
        Assert.Equal(expected, Markdown.Text(sentence));

    [Fact]
    public void Table_BarsInCells_AreEscaped() =>
        Assert.Equal("| a | b |\n| --- | --- |\n| 1\\|2 | `x` |\n", Markdown.Table(["a", "b"], [["1|2", "`x`"]]));
}
