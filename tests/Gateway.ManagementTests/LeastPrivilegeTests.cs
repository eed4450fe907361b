using Gateway.Commands;
using Gateway.Management.Docker;
using Gateway.Management.Lifecycle;
using Xunit;

namespace Gateway.ManagementTests;

/// <summary>The whole life of an engine through the proxy that passes on only what engines take.</summary>
public sealed class LeastPrivilegeTests
{
    [DockerFact]
    public async Task Proxy_BeforeTheDockerEngine_LetsAnEngineLiveAndForeignContainersAlone()
    {
        using var folder = new TemporaryFolder();
        var socket = folder.File("docker.sock");
        await using var proxy = DockerProxyCommand.Build(socket, DockerAddress.Parse(DockerSetup.Host, null).Address!, Path.GetTempPath(), readOnly: false);
        await proxy.StartAsync();
        await using var place = new Workshop($"unix://{socket}");
        var foreign = await place.ImageAsync("foreign");
        var id = (await Shell.RunAsync("docker", "create", "--label", "other=1", foreign)).Succeeded().Standard;
        try
        {
            var engine = await place.InstallAsync(Workshop.Request(await place.ImageAsync("v1")));
            Assert.Equal("v1", await Workshop.AskAsync(engine.Address!));
            engine = await place.UpgradeAsync(await place.ImageAsync("v2"));
            Assert.Equal("v2", await Workshop.AskAsync(engine.Address!));
            await Assert.ThrowsAsync<LifecycleException>(async () => await place.UpgradeAsync(await place.ImageAsync("v3", "broken")));
            Assert.Equal("v2", await Workshop.AskAsync((await place.ShowAsync()).Address!));

            foreach (var command in (string[][])[["start", id], ["rm", "--force", id], ["run", "--detach", "--privileged", foreign], ["run", "--detach", "--volume", "/etc:/mnt", foreign], ["exec", id, "sh"], ["logs", id]])
            {
                var result = await Shell.RunAsync([("DOCKER_HOST", $"unix://{socket}")], ["docker", .. command]);
                Assert.NotEqual(0, result.Code);
                Assert.Contains("Docker proxy", result.Output, StringComparison.Ordinal);
            }

            await place.Lifecycle.DeleteAsync(Workshop.Key("tiny"), place.Reports, CancellationToken.None);
            Assert.Empty(await place.ContainersAsync());
        }
        finally
        {
            await Shell.RunAsync("docker", "rm", "--force", id);
        }
    }
}
