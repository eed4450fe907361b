using Gateway.Core.Configuration;
using Xunit;

namespace Gateway.Tests.Management.Proxy;

/// <summary>The compose file that puts the proxy between gateway and Docker Engine.</summary>
public sealed class OverlayTests
{
    private const string File = "deploy/docker/management.yml";

    [Fact]
    public void Overlay_File_IsYamlWithBothServices()
    {
        var faults = new List<YamlFault>();

        var root = Assert.IsType<YamlMap>(YamlTree.Parse(System.Text.Encoding.UTF8.GetBytes(Clone.Read(File)), faults));

        Assert.Empty(faults);
        var services = Assert.IsType<YamlMap>(root.Pairs.Single(pair => pair.Key.Text == "services").Value);
        Assert.Equal(["gateway", "docker-proxy"], services.Pairs.Select(pair => pair.Key.Text));
    }

    /// <summary>The socket is the proxy's alone.</summary>
    [Fact]
    public void Overlay_DockerSocket_IsMountedOnce() =>
        Assert.Equal(1, Clone.Read(File).Split("- /var/run/docker.sock:").Length - 1);
}
