using Gateway.Core.Configuration;
using Xunit;

namespace Gateway.Tests.Configuration;

/// <summary>Inside a container the kind alone says where the engine is.</summary>
public sealed class ContainerSettingsTests
{
    [Fact]
    public void Read_InContainerWithoutUrl_TakesTheServicesName() => Assert.Equal(["http://ollama:11434/v1"], Urls(("DOTNET_RUNNING_IN_CONTAINER", "true")));

    [Fact]
    public void Read_InContainerWithUrl_KeepsIt() =>
        Assert.Equal(["http://gpu-box:11434/"], Urls(("DOTNET_RUNNING_IN_CONTAINER", "true"), ("BACKEND_BASE_URL", "http://gpu-box:11434")));

    [Fact]
    public void Read_OutsideContainers_LeavesItToTheProfile() => Assert.Empty(Urls());

    private static IEnumerable<string> Urls(params (string Name, string Value)[] variables)
    {
        var (settings, _) = SettingsReader.Read(variables.Append(("BACKEND_KIND", "ollama")).ToDictionary());
        return settings!.Backends.Single().Replicas.Select(replica => replica.Url.ToString());
    }
}
