using Gateway.Demo;
using Xunit;

namespace Gateway.Tests.Demo;

public sealed class WordsTests
{
    [Theory]
    [InlineData("", new string[0])]
    [InlineData("Hello, you", new[] { "Hello", ",", " you" })]
    [InlineData("  a\n\nb ", new[] { "  a", "\n\nb", " " })]
    [InlineData("gateway's", new[] { "gateway", "'", "s" })]
    [InlineData("abcdefghijklmnopqrst", new[] { "abcdefghijklmnop", "qrst" })]
    [InlineData("👋🏽 hi", new[] { "👋", "🏽", " hi" })]
    [InlineData("日本", new[] { "日本" })]
    public void Split_AnyText_IsWordsAndSigns(string text, string[] expected)
    {
        Assert.Equal(expected, Words.Split(text));
        Assert.Equal(expected.Length, Words.Count(text));
    }

    [Theory]
    [InlineData(' ')]
    [InlineData('a')]
    [InlineData('.')]
    public void Split_OneCharacterRepeated_LosesNothing(char character)
    {
        var text = new string(character, 1000);

        Assert.Equal(text, string.Concat(Words.Split(text)));
        Assert.InRange(Words.Count(text), 1000 / 16, 1000);
    }
}
