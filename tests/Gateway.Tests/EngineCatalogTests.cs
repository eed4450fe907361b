using Gateway.Engines;
using Xunit;

namespace Gateway.Tests;

public sealed class EngineCatalogTests
{
    [Fact]
    public void Find_EveryListedEngine_IsFoundByItsId() =>
        Assert.All(EngineCatalog.All, profile => Assert.Same(profile, EngineCatalog.Find(profile.Id)));
}
