using Gateway.Core.Configuration;
using Xunit;

namespace Gateway.Tests.Configuration.Yaml;

/// <summary>Which name is offered for one that is not known.</summary>
public sealed class NearestNameTests
{
    private static readonly string[] Names = ["name", "kind", "max_concurrency", "max_queue", "urls", "url"];

    [Theory]
    [InlineData("nmae", "name")]
    [InlineData("Name", "name")]
    [InlineData("names", "name")]
    [InlineData("max-concurrency", "max_concurrency")]
    [InlineData("maxConcurrency", "max_concurrency")]
    [InlineData("concurrency", "max_concurrency")]
    [InlineData("max_que", "max_queue")]
    [InlineData("ulr", "url")]
    public void Hint_SmallSlip_OffersTheNearest(string name, string expected) => Assert.Equal($" Did you mean '{expected}'?", NearestName.Hint(name, Names));

    [Theory]
    [InlineData("colour")]
    [InlineData("")]
    [InlineData("xx")]
    public void Hint_NothingNear_OffersNothing(string name) => Assert.Equal("", NearestName.Hint(name, Names));

    [Fact]
    public void Hint_NoNames_OffersNothing() => Assert.Equal("", NearestName.Hint("a", []));

    [Fact]
    public void Hint_VeryLongName_IsNotCompared() => Assert.Equal("", NearestName.Hint(new string('n', 1_000_000), Names));
}
