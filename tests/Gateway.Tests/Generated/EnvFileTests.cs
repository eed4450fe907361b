using System.Text;
using Gateway.Core.Configuration;
using Gateway.Engines;
using Gateway.Generator;
using Xunit;

namespace Gateway.Tests.Generated;

/// <summary>The environment files as the gateway itself would read them.</summary>
public sealed class EnvFileTests
{
    public static TheoryData<string> Engines => [.. EngineCatalog.All.Where(engine => !engine.Demonstration).Select(engine => engine.Id)];

    [Theory]
    [MemberData(nameof(Engines))]
    public void EngineFile_Read_GivesTheProfilesDefaults(string id)
    {
        var engine = EngineCatalog.Find(id)!;
        var expected = engine.Deployment.Options.Where(option => option.Default is not null).ToDictionary(option => option.Variable, option => option.Default!);
        expected.Add("BACKEND_KIND", id);
        _ = engine.Deployment.Container is null
            ? expected.TryAdd("BACKEND_BASE_URL", engine.Deployment.BaseUrl)
            : expected.TryAdd("MODEL_NAME", engine.Deployment.ModelExample);

        Assert.Equal(expected.OrderBy(pair => pair.Key), Parse(Clone.Read($"deploy/env/{id}.env")).OrderBy(pair => pair.Key));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public void EngineFile_EveryOption_IsThereSetOrShown(string id)
    {
        var lines = Clone.Read($"deploy/env/{id}.env").Split('\n');
        Assert.All(EngineCatalog.Find(id)!.Deployment.Options, option => Assert.Single(
            lines, line => line.StartsWith($"{option.Variable}=", StringComparison.Ordinal) || line.StartsWith($"# {option.Variable}=", StringComparison.Ordinal)));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public void EngineFile_AsItIs_IsTakenByTheGatewayInAContainer(string id)
    {
        var variables = Parse(Clone.Read($"deploy/env/{id}.env"));
        variables["DOTNET_RUNNING_IN_CONTAINER"] = "true";
        Assert.Empty(SettingsReader.Read(variables).Faults);
    }

    [Fact]
    public void ExternalFile_AsItIs_IsTakenByTheGateway() =>
        Assert.Empty(SettingsReader.Read(Parse(Clone.Read("deploy/env/external.env"))).Faults);

    [Fact]
    public void Example_AsItIs_SetsNothing() => Assert.Empty(Parse(Clone.Read(".env.example")));

    [Fact]
    public void Example_EveryLineTakenIn_SetsTheDefaults()
    {
        var lines = Clone.Read(".env.example").Split('\n').Select(line => line.StartsWith("# ", StringComparison.Ordinal) && IsVariable(line[2..]) ? line[2..] : line);

        Assert.Equal(
            SettingCatalog.All.ToDictionary(setting => setting.Name, setting => setting.Default).OrderBy(pair => pair.Key),
            Parse(string.Join('\n', lines)).OrderBy(pair => pair.Key));
    }

    [Theory]
    [InlineData("plain", "A=plain\n")]
    [InlineData("two words", "A='two words'\n")]
    [InlineData("{\"a\":\"$b\"} # c", "A='{\"a\":\"$b\"} # c'\n")]
    public void EnvText_Value_IsQuotedOnlyWhereItMust(string value, string line)
    {
        var text = new EnvText().Set("A", value).ToString();

        Assert.Equal(line, text);
        Assert.Equal(value, Parse(text)["A"]);
    }

    [Fact]
    public void EnvText_LongComment_IsWrappedWithoutLosingAWord()
    {
        var sentence = string.Join(' ', Enumerable.Range(0, 100).Select(number => $"word{number}"));

        var lines = new EnvText().Comment(sentence).ToString().TrimEnd('\n').Split('\n');

        Assert.True(lines.Length > 1);
        Assert.All(lines, line => Assert.True(line.Length <= 120 && line.StartsWith("# ", StringComparison.Ordinal)));
        Assert.Equal(sentence, string.Join(' ', lines.Select(line => line[2..])));
    }

    private static bool IsVariable(string text) => SettingCatalog.All.Any(setting => text.StartsWith(setting.Name + "=", StringComparison.Ordinal));

    private static Dictionary<string, string> Parse(string text)
    {
        var file = EnvFile.Read(Encoding.UTF8.GetBytes(text), ".env", new Dictionary<string, string>());
        Assert.Empty(file.Faults);
        Assert.Empty(file.Warnings);
        return new Dictionary<string, string>(file.Values);
    }
}
