using Gateway.Core.Configuration;
using Xunit;

namespace Gateway.Tests.Configuration;

/// <summary><c>GATEWAY_CONFIG</c> beside the other settings.</summary>
public sealed class FileTogetherTests : IDisposable
{
    private const string Backends = "backends: [{name: a, kind: openai, url: \"http://a/v1\"}]\n";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Read_FileWithBackends_TakesThePlaceOfTheEnvironmentsOne()
    {
        var settings = Read(Backends, ("BACKEND_KIND", "auto")).Settings!;

        Assert.Equal("a", Assert.Single(settings.Backends).Name);
        Assert.Empty(settings.Warnings);
        Assert.EndsWith("gateway.yaml", settings.File, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_FileWithBackendsBesideAnother_WarnsOfWhatHasNoEffect()
    {
        var settings = Read(Backends, ("BACKEND_KIND", "ollama"), ("BACKEND_BASE_URL", "http://o"), ("BACKEND_API_KEY", "secret"), ("MODEL_NAME", "m")).Settings!;

        Assert.Equal(
            ["BACKEND_KIND has no effect: the backends are those of GATEWAY_CONFIG.", "BACKEND_BASE_URL has no effect: the backends are those of GATEWAY_CONFIG.", "BACKEND_API_KEY has no effect: the backends are those of GATEWAY_CONFIG."],
            settings.Warnings);
        Assert.Equal(("a", "m"), (settings.Backends[0].Name, settings.ModelName));
    }

    [Fact]
    public void Read_FileWithoutBackends_LeavesTheEnvironmentsOne()
    {
        var settings = Read("aliases: {a: b}", ("BACKEND_KIND", "ollama")).Settings!;

        Assert.Equal("ollama", Assert.Single(settings.Backends).Kind);
        Assert.Empty(settings.Warnings);
    }

    [Fact]
    public void Read_FaultsInBoth_AreToldTogether()
    {
        var (settings, faults) = Read("backends: [{name: a}]", ("GATEWAY_PORT", "x"));

        Assert.Null(settings);
        Assert.Collection(
            faults,
            fault => Assert.StartsWith("GATEWAY_PORT=x", fault, StringComparison.Ordinal),
            fault => Assert.StartsWith($"{_folder.File("gateway.yaml")}:1:12: backends[0]: kind is missing", fault, StringComparison.Ordinal));
    }

    [Fact]
    public void Read_NoSuchFile_SaysSo() =>
        Assert.EndsWith("There is no such file.", Assert.Single(SettingRows.Read(("GATEWAY_CONFIG", _folder.File("none.yaml"))).Faults), StringComparison.Ordinal);

    [Fact]
    public void Read_Folder_SaysSo() => Assert.EndsWith("It is a folder.", Assert.Single(SettingRows.Read(("GATEWAY_CONFIG", _folder.Path)).Faults), StringComparison.Ordinal);

    [Theory]
    [InlineData("keys: [{name: a, key: 12345678}]", 0)]
    [InlineData("aliases: {a: b}", 1)]
    public void Read_OffLoopback_KeysOfTheFileAreKeysToo(string text, int faults) => Assert.Equal(faults, Read(text, ("GATEWAY_HOST", "0.0.0.0")).Faults.Count);

    [Fact]
    public void Read_OffLoopbackWithABadKey_ReportsTheKeyOnly() =>
        Assert.Contains("keys[0].key: ***", Assert.Single(Read("keys: [{name: a, key: short}]", ("GATEWAY_HOST", "0.0.0.0")).Faults), StringComparison.Ordinal);

    private (GatewaySettings? Settings, IReadOnlyList<string> Faults) Read(string text, params (string Name, string Value)[] variables)
    {
        var file = _folder.File("gateway.yaml");
        File.WriteAllText(file, text);
        return SettingRows.Read([.. variables, ("GATEWAY_CONFIG", file)]);
    }
}
