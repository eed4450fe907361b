using Gateway.Core.Configuration;
using Xunit;

namespace Gateway.Tests.Configuration;

/// <summary>Which entry a name finds.</summary>
public sealed class ModelNamesTests
{
    private static readonly ModelNames<string> Names = new([("a*", "short"), ("abc*", "long"), ("abc", "exact"), ("abc", "second"), ("*", "any")]);

    [Theory]
    [InlineData("abc", "exact")]
    [InlineData("abcd", "long")]
    [InlineData("ab", "short")]
    [InlineData("a", "short")]
    [InlineData("ABC", "any")]
    [InlineData("", "any")]
    public void Find_ExactThenLongest_Wins(string name, string expected) => Assert.Equal(expected, Names.Find(name));

    [Fact]
    public void Find_NothingFits_IsNull() => Assert.Null(new ModelNames<string>([("a", "a"), ("b*", "b")]).Find("ab"));
}
