using Gateway.Core.Configuration;
using Xunit;

namespace Gateway.Tests.Configuration;

/// <summary>Which models a key may use.</summary>
public sealed class ClientKeyTests
{
    [Theory]
    [InlineData("gpt-4o", "gpt-4o", true)]
    [InlineData("gpt-4o", "gpt-4o-mini", false)]
    [InlineData("gpt-4o", "GPT-4o", false)]
    [InlineData("gpt-4o*", "gpt-4o", true)]
    [InlineData("gpt-4o*", "gpt-4o-mini", true)]
    [InlineData("*-mini", "gpt-4o-mini", true)]
    [InlineData("*-mini", "gpt-4o-mini-2", false)]
    [InlineData("meta/*-8b*", "meta/llama-8b-instruct", true)]
    [InlineData("meta/*-8b*", "meta/llama-70b", false)]
    [InlineData("a*a", "a", false)]
    [InlineData("a*b*c", "abc", true)]
    [InlineData("a*b*c", "acb", false)]
    [InlineData("a**c", "ac", true)]
    public void MayUse_Pattern_MatchesAnyTextForAStar(string pattern, string model, bool expected) =>
        Assert.Equal(expected, KeyFor(pattern).MayUse(model));

    [Theory]
    [InlineData("*", true)]
    [InlineData("a*", false)]
    [InlineData("", false)]
    public void MayUse_NoModelNamed_IsForKeysThatMayUseAll(string pattern, bool expected) => Assert.Equal(expected, KeyFor(pattern).MayUse(null));

    [Fact]
    public void MayUse_SeveralPatterns_OneIsEnough() => Assert.True(KeyFor("a", "b*").MayUse("bc"));

    [Fact]
    public void MayUse_NoPatterns_IsEverything() => Assert.True(KeyFor().MayUse("a") && KeyFor().MayUse(null));

    private static ClientKey KeyFor(params string[] models) => new("team", SettingParsers.Hash("12345678")) { Models = models };
}
