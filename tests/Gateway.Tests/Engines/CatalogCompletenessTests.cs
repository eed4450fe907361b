using System.Reflection;
using Gateway.Engines;
using Gateway.Engines.Endpoints;
using Xunit;

namespace Gateway.Tests.Engines;

/// <summary>Nothing is written and then forgotten: every profile is listed, every fixture has its engine, every engine its fixtures.</summary>
public sealed class CatalogCompletenessTests
{
    private static readonly string Fixtures = Path.Combine(Clone.Root, "tests", "fixtures", "engines");

    public static TheoryData<string> Engines => [.. EngineCatalog.All.Select(profile => profile.Id)];

    [Fact]
    public void EngineCatalog_EveryProfileOfTheAssembly_IsListedOnce()
    {
        var written = typeof(EngineProfile).Assembly.GetTypes()
            .SelectMany(type => type.GetProperties(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic))
            .Where(property => property.PropertyType == typeof(EngineProfile))
            .Select(property => (EngineProfile)property.GetValue(null)!);

        Assert.Equal(written.Select(profile => profile.Id).Order(), EngineCatalog.All.Select(profile => profile.Id).Order());
    }

    [Fact]
    public void EndpointCatalog_EveryId_IsListedOnce() =>
        Assert.Equal(Enum.GetValues<EndpointId>(), EndpointCatalog.All.Select(spec => spec.Id).Order());

    [Fact]
    public void Fixtures_EveryFolder_HasAnEngine() =>
        Assert.All(Directory.GetDirectories(Fixtures), folder => Assert.NotNull(EngineCatalog.Find(Path.GetFileName(folder))));

    [Theory]
    [MemberData(nameof(Engines))]
    public void Fixtures_EveryEngine_HasWhatTheTestsGoBy(string id) =>
        Assert.All(
            ["SOURCE", "health.json", "models.json", "models.expect.json", "errors.json", "chat.json", "chat.sse"],
            name => Assert.True(File.Exists(Path.Combine(Fixtures, id, name)), $"tests/fixtures/engines/{id}/{name} is missing."));

    [Theory]
    [MemberData(nameof(Engines))]
    public void Profile_EveryEngine_HasAFileOfItsOwnName(string id) =>
        Assert.Contains(
            Directory.GetFiles(Path.Combine(Clone.Root, "api", "Gateway.Engines", "Engines")),
            file => string.Equals(Path.GetFileNameWithoutExtension(file), id, StringComparison.OrdinalIgnoreCase));
}
