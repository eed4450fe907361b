using System.Text.Json;
using Gateway.Core.Configuration;
using Gateway.Generator;
using Xunit;

namespace Gateway.Tests.Configuration.Yaml;

/// <summary>The example is right, shows every setting, and fits the schema that it names.</summary>
public sealed class ExampleFileTests
{
    private const string Path = "docs/gateway.example.yaml";

    [Fact]
    public void Example_AsItIs_IsRight() => Assert.Empty(YamlFiles.Read(Clone.Read(Path), ("OPS_KEY", "12345678")).Faults);

    [Fact]
    public void Example_EverySettingOfTheTables_IsShown()
    {
        var text = Clone.Read(Path);

        Assert.All(FileSection.Shape.Tables.SelectMany(table => table.Keys), key => Assert.Matches($@"(?<=^|[\s{{-]){key.Name}:", text));
    }

    [Fact]
    public void Example_NamesItsSchema() => Assert.StartsWith("# yaml-language-server: $schema=gateway.schema.json\n", Clone.Read(Path), StringComparison.Ordinal);

    [Fact]
    public void Example_FitsTheSchema() => Assert.Empty(SchemaFaults(Clone.Read(Path)));

    // What the reader refuses by its tables alone, the schema refuses too, and the other way round.
    [Theory]
    [InlineData("backends: [{name: a, kind: openai}]", true)]
    [InlineData("backends: [{name: a, kind: \"${KIND:-openai}\", max_queue: \"${QUEUE:-0}\"}]", true)]
    [InlineData("backends: [{name: a, kind: openai, urls: [\"http://a\", {url: \"http://b\", weight: 2}]}]", true)]
    [InlineData("x-anything: [1, 2]\naliases: {\"a*\": b}", true)]
    [InlineData("keys: [{name: a, key: 12345678, models: [\"*\"], monthly_tokens: 5}]", true)]
    [InlineData("fallbacks: {\"*\": [auto, auto/b]}", true)]
    [InlineData("colour: red", false)]
    [InlineData("backends: []", false)]
    [InlineData("backends: [{name: a}]", false)]
    [InlineData("backends: [{name: a b, kind: openai}]", false)]
    [InlineData("backends: [{name: a, kind: other}]", false)]
    [InlineData("backends: [{name: a, kind: openai, url: \"ftp://a\"}]", false)]
    [InlineData("backends: [{name: a, kind: openai, urls: [{url: \"http://a\", weight: 0}]}]", false)]
    [InlineData("backends: [{name: a, kind: openai, prefix_affinity: maybe}]", false)]
    [InlineData("backends: [{name: a, kind: openai, retries: 6}]", false)]
    [InlineData("backends: [{name: a, kind: openai, retries: 1.5}]", false)]
    [InlineData("backends: [{name: a, kind: openai, deadlines: {idle: 0}}]", false)]
    [InlineData("backends: [{name: a, kind: openai, deadlines: {ilde: 1}}]", false)]
    [InlineData("aliases: {\"a*b\": c}", false)]
    [InlineData("fallbacks: {a: [\"/b\"]}", false)]
    [InlineData("keys: [{name: a, key: short}]", false)]
    [InlineData("keys: [{name: a, sha256: abc}]", false)]
    public void Schema_SameFile_JudgesAsTheReaderDoes(string text, bool right)
    {
        Assert.Equal(right, YamlFiles.Read(text).Faults.Count == 0);
        Assert.Equal(right, SchemaFaults(text).Count == 0);
    }

    private static List<string> SchemaFaults(string text)
    {
        var faults = new List<YamlFault>();
        var root = YamlTree.Parse(System.Text.Encoding.UTF8.GetBytes(text), faults)!;
        Assert.Empty(faults);
        using var schema = JsonDocument.Parse(FileSchema.Render());
        return [.. SchemaCheck.Faults(schema.RootElement, root, "")];
    }
}
