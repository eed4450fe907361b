using Gateway.Commands;
using Gateway.Core.Configuration;
using Gateway.Engines;
using Xunit;

namespace Gateway.Tests.Configuration;

/// <summary>The settings of a container are not called broken on the host, and what a container cannot reach is said.</summary>
public sealed class ContainerNamesTests
{
    [Fact]
    public void Has_EachServiceOfCompose_AndNamesOfTheHost()
    {
        var services = EngineCatalog.All.Where(profile => !profile.Demonstration).Select(profile => new Uri(profile.Deployment.BaseUrl)).Where(url => !url.Host.Contains('.', StringComparison.Ordinal)).ToList();

        Assert.NotEmpty(services);
        Assert.All(services, url => Assert.True(ContainerNames.Has(url), $"{url}"));
        Assert.True(ContainerNames.Has(new Uri("http://host.docker.internal:1234/v1")));
        Assert.All(["http://127.0.0.1:1", "http://localhost:1", "http://gpu-box:1", "https://api.openai.com/v1", "http://vllm.example.org:8001"], url => Assert.False(ContainerNames.Has(new Uri(url)), url));
    }

    [Theory]
    [InlineData("http://vllm:8001/v1", false, "note: vllm is a name that exists only in containers")]
    [InlineData("http://host.docker.internal:1234/v1", false, "note: host.docker.internal is a name that exists only in containers")]
    [InlineData("http://localhost:1234/v1", true, "note: http://localhost:1234/v1 is the gateway's own container. An engine on the host is at http://host.docker.internal:1234/v1")]
    [InlineData("http://[::1]:1234/v1", true, "An engine on the host is at http://host.docker.internal:1234/v1")]
    [InlineData("http://vllm:8001/v1", true, null)]
    [InlineData("http://localhost:1234/v1", false, null)]
    public void CheckConfig_UrlOfTheOtherSide_IsNotedAndNoFault(string url, bool inContainer, string? note)
    {
        using var output = new StringWriter();
        var variables = new Dictionary<string, string> { ["BACKEND_KIND"] = "vllm", ["BACKEND_BASE_URL"] = url, ["DOTNET_RUNNING_IN_CONTAINER"] = inContainer ? "true" : "" };

        Assert.Equal(CheckConfigCommand.Right, CheckConfigCommand.Run([], variables, output, TextWriter.Null));
        Assert.Contains(note ?? "The environment is valid.", $"{output}", StringComparison.Ordinal);
        Assert.Equal(note is not null, $"{output}".Contains("note: ", StringComparison.Ordinal));
    }
}
