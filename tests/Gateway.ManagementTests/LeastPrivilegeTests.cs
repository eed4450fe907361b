using System.Net.Sockets;
using System.Text.Json;
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
        await using var place = new Workshop($"unix://{socket}");
        await using var proxy = DockerProxyCommand.Build(socket, DockerAddress.Parse(DockerSetup.Host, null).Address!, place.Folder, readOnly: false);
        await proxy.StartAsync();
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

    /// <summary>The gateway can write to its own folder, and an engine to its own: a link that one of them leaves there is not followed.</summary>
    [DockerFact]
    public async Task Proxy_LinksToTheHostsRoot_AreNotMounted()
    {
        using var folder = new TemporaryFolder();
        var (socket, data) = (folder.File("docker.sock"), folder.File("data"));
        var image = await TinyImages.MakeAsync("v1");
        await using var proxy = DockerProxyCommand.Build(socket, DockerAddress.Parse(DockerSetup.Host, null).Address!, data, readOnly: false);
        await proxy.StartAsync();
        Directory.CreateDirectory(Path.Combine(data, "gateway"));
        Directory.CreateSymbolicLink(Path.Combine(data, "gateway", "l"), "/");
        Directory.CreateSymbolicLink(Path.Combine(data, "models"), "/");
        try
        {
            // What this is about: the Docker Engine itself follows such a link.
            var host = (await Shell.RunAsync("docker", "run", "--rm", "--entrypoint", "/bin/sh", "--volume", $"{data}/gateway/l:/models:ro", image, "-c", "echo /models/*")).Succeeded().Standard;
            Assert.Contains("/models/etc", host.Split(' '));

            foreach (var source in (string[])["gateway/l", "models", "models/etc", "gateway", "."])
            {
                using var answer = await CreateAsync(socket, Create(image, $"{data}/{source}:/models:ro"));
                Assert.Equal(System.Net.HttpStatusCode.Forbidden, answer.StatusCode);
                Assert.Contains("Docker proxy", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
            }

            // The same container with a folder that is one is made: nothing else was wrong with it.
            Directory.Delete(Path.Combine(data, "models"));
            Directory.CreateDirectory(Path.Combine(data, "models"));
            using var sound = await CreateAsync(socket, Create(image, $"{data}/models:/models:ro"));
            Assert.Equal(System.Net.HttpStatusCode.Created, sound.StatusCode);
            var id = JsonSerializer.Deserialize<JsonElement>(await sound.Content.ReadAsStringAsync()).GetProperty("Id").GetString()!;

            // And one whose folder has become a link since is not started.
            Directory.Delete(Path.Combine(data, "models"));
            Directory.CreateSymbolicLink(Path.Combine(data, "models"), "/");
            using var client = Client(socket);
            using var started = await client.PostAsync(new Uri($"http://docker/v1.41/containers/{id}/start"), null);
            Assert.Equal(System.Net.HttpStatusCode.Forbidden, started.StatusCode);
            await Shell.RunAsync("docker", "rm", "--force", id);
        }
        finally
        {
            await TinyImages.RemoveAsync(image);
        }
    }

    private static string Create(string image, string bind) => $$$"""
        {"Image":"{{{image}}}","Labels":{"gateway.managed":"test"},"HostConfig":{"Binds":["{{{bind}}}"],"CapDrop":["ALL"],"SecurityOpt":["no-new-privileges:true"]}}
        """;

    private static async Task<HttpResponseMessage> CreateAsync(string socket, string body)
    {
        using var client = Client(socket);
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        return await client.PostAsync(new Uri("http://docker/v1.41/containers/create"), content);
    }

    private static HttpClient Client(string socket) => new(new SocketsHttpHandler
    {
        ConnectCallback = async (_, cancellationToken) =>
        {
            var connection = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await connection.ConnectAsync(new UnixDomainSocketEndPoint(socket), cancellationToken);
            return new NetworkStream(connection, ownsSocket: true);
        },
    });
}
