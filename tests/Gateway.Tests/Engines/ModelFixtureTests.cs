using System.Text.Json;
using Gateway.Engines;
using Gateway.Fakes;
using Xunit;

namespace Gateway.Tests.Engines;

/// <summary>Each profile reads its own engine's model list.</summary>
public sealed class ModelFixtureTests
{
    public static TheoryData<string, string> Lists => FixtureFolders.Files("models*.json");

    [Theory]
    [MemberData(nameof(Lists))]
    public void Read_ListOfTheEngine_IsTheExpectedOne(string engine, string file)
    {
        var profile = EngineCatalog.Find(engine)!;
        var files = new Fixtures(engine);
        var data = JsonSerializer.Deserialize<JsonElement>(files.Get(file)).GetProperty("data");
        var read = (data.ValueKind == JsonValueKind.Array ? data.EnumerateArray().ToArray() : []).Select(profile.Models.Read).OfType<ListedModel>()
            .Select(model => new ModelCase(model.Id, model.Created, model.OwnedBy ?? profile.Models.OwnedBy, model.MaxLength ?? Length(profile, files)));

        Assert.Equal(JsonSerializer.Deserialize<ModelCase[]>(files.Get(file.Replace(".json", ".expect.json", StringComparison.Ordinal)), JsonSerializerOptions.Web), read);
    }

    private static int? Length(EngineProfile profile, Fixtures files) => profile.Models.Length is { } length
        ? length.Read(JsonSerializer.Deserialize<JsonElement>(files.Get($"{length.Path[1..].Replace('/', '-')}.json")))
        : null;

    [Theory]
    [InlineData("""{"id":"b","aliases":["a","b",7]}""", "a")]
    [InlineData("""{"id":"b","aliases":["b"]}""", null)]
    [InlineData("""{"id":"b","aliases":"a"}""", null)]
    [InlineData("""{"id":"b"}""", null)]
    public void LlamaCpp_Aliases_AreTheOtherNames(string entry, string? alias) =>
        Assert.Equal(alias, LlamaCpp.Profile.Models.Read(JsonSerializer.Deserialize<JsonElement>(entry))!.Aliases?.Single());

    [Theory]
    [InlineData("""{"id":"gpt-oss:120b-CLOUD"}""")]
    [InlineData("""{"id":"kimi-k2:cloud"}""")]
    [InlineData("""{"id":""}""")]
    [InlineData("""{}""")]
    [InlineData("""7""")]
    public void Ollama_NameThatLeadsAway_IsLeftOut(string entry) =>
        Assert.Null(Ollama.Profile.Models.Read(JsonSerializer.Deserialize<JsonElement>(entry)));
}
