using System.Net.Sockets;
using System.Text;
using Gateway.Commands;
using Gateway.Management.Docker;
using Microsoft.AspNetCore.Builder;

namespace Gateway.Tests.Management.Proxy;

/// <summary>The proxy between a test and a Docker Engine that has containers of the gateway, foreign ones, and the gateway's own.</summary>
internal sealed class ProxyBench : IAsyncDisposable
{
    /// <summary>As the daemon answers of a foreign container: every part may be secret.</summary>
    private const string Foreign = """
        {"Id":"f0","Name":"/db","Path":"hunter2","Args":["hunter2"],"State":{"Status":"running","Running":true,"Error":"hunter2","Health":{"Log":[{"Output":"hunter2"}]}},
         "Config":{"Env":["DB_PASSWORD=hunter2"],"Cmd":["hunter2"],"Entrypoint":["hunter2"],"Labels":{"key":"hunter2"},"Healthcheck":{"Test":["hunter2"]}},
         "HostConfig":{"Binds":["/hunter2:/x"],"LogConfig":{"Type":"splunk","Config":{"splunk-token":"hunter2"}}},"NetworkSettings":{"Networks":{"hunter2":{"NetworkID":"hunter2"}}},"Mounts":[{"Type":"bind","Source":"/hunter2","Destination":"/x"}]}
        """;

    private const string Self = """
        {"Id":"self0","Name":"/gateway","State":{"Status":"running","Running":true},"Config":{"Env":["ADMIN_API_KEY=hunter2"],"Labels":{"gateway.self":"true","key":"hunter2"}},
         "NetworkSettings":{"Networks":{"engines":{"NetworkID":"net1","IPAddress":"10.0.0.2","MacAddress":"hunter2"}}},"Mounts":[{"Type":"bind","Source":"/srv/data/gateway","Destination":"/app/data/gateway","Mode":"hunter2"}]}
        """;

    private const string Listed = """
        [{"Id":"ours0","Names":["/ours"],"Labels":{"gateway.managed":"me"},"State":"running","Command":"start"},
         {"Id":"f0","Names":["/db"],"Labels":{"key":"hunter2"},"State":"running","Command":"db --password=hunter2","Mounts":[{"Source":"/hunter2"}],"NetworkSettings":{"Networks":{"hunter2":{}}},"Ports":[{"PrivatePort":1}]},
         {"Id":"self0","Names":["/gateway"],"Labels":{"gateway.self":"true"},"State":"running","NetworkSettings":{"Networks":{"engines":{"NetworkID":"net1"}}}}]
        """;

    private readonly TemporaryFolder _folder;
    private WebApplication _proxy;

    private ProxyBench(TemporaryFolder folder, DockerStub docker, WebApplication proxy) => (_folder, Docker, _proxy) = (folder, docker, proxy);

    public DockerStub Docker { get; }

    /// <summary>The folder of the host that holds the engines' folders.</summary>
    public string Folder => _folder.File("data");

    /// <summary>What came to the Docker Engine beside the proxy's own questions about containers and networks.</summary>
    public IEnumerable<DockerCall> Passed => Docker.Calls.Where(call => call.Method != "GET" || !IsQuestion(call.Target));

    /// <summary>The gateway's own client, behind the proxy.</summary>
    public DockerHost Gateway() => new(new DockerAddress(_folder.File("proxy.sock"), new Uri("http://docker")), new RegistryLogins(null), TimeProvider.System);

    public static async Task<ProxyBench> StartAsync(bool readOnly = false)
    {
        var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder.File("data"));
        var docker = await DockerStub.StartAsync(folder.File("docker.sock"));
        docker.Answers = (_, target) => Answer(target);
        var proxy = await ProxyAsync(folder, readOnly);
        return new ProxyBench(folder, docker, proxy);
    }

    public async Task ReadOnlyAsync()
    {
        await _proxy.DisposeAsync();
        _proxy = await ProxyAsync(_folder, readOnly: true);
    }

    /// <summary>Sends a call by hand, so that nothing tidies it up on its way.</summary>
    public async Task<(int Status, string Body)> SendAsync(string method, string target, string body = "", string headers = "")
    {
        var bytes = Encoding.UTF8.GetBytes(body);
        return await RawAsync([.. Encoding.ASCII.GetBytes($"{method} {target} HTTP/1.1\r\nHost: docker\r\nConnection: close\r\nContent-Type: application/json\r\n{headers}Content-Length: {bytes.Length}\r\n\r\n"), .. bytes]);
    }

    public async Task<(int Status, string Body)> RawAsync(byte[] request)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(_folder.File("proxy.sock")));
        await socket.SendAsync(request);
        using var stream = new NetworkStream(socket);
        using var reader = new StreamReader(stream);
        var text = await reader.ReadToEndAsync();
        return (int.Parse(text.AsSpan(9, 3), System.Globalization.CultureInfo.InvariantCulture), text);
    }

    public async ValueTask DisposeAsync()
    {
        await _proxy.DisposeAsync();
        await Docker.DisposeAsync();
        _folder.Dispose();
    }

    private static async Task<WebApplication> ProxyAsync(TemporaryFolder folder, bool readOnly)
    {
        var proxy = DockerProxyCommand.Build(folder.File("proxy.sock"), new DockerAddress(folder.File("docker.sock"), new Uri("http://docker")), folder.File("data"), readOnly);
        await proxy.StartAsync();
        return proxy;
    }

    private static bool IsQuestion(string target) =>
        target.StartsWith("/containers/", StringComparison.Ordinal) || target.StartsWith("/networks/", StringComparison.Ordinal);

    private static (int Status, string Body)? Answer(string target) => target.Split('?')[0] switch
    {
        "/containers/json" => (200, Listed),
        "/containers/foreign/json" or "/containers/f0/json" => (200, Foreign),
        "/containers/self/json" => (200, Self),
        "/containers/ours/json" => (200, """{"Id":"ours0","Name":"/ours","State":{"Running":true},"Config":{"Env":["TOKEN=own"],"Labels":{"gateway.managed":"me"}}}"""),
        "/networks/engines" or "/networks/net1" => (200, """{"Id":"net1","Name":"engines","Internal":true,"Labels":{"key":"hunter2"},"Containers":{"hunter2":{}}}"""),
        "/networks/gateway-downloads-me" => (200, """{"Id":"net2","Name":"gateway-downloads-me","Internal":false,"Labels":{"gateway.managed":"me"}}"""),
        "/networks/foreign" => (200, """{"Id":"net3","Name":"foreign","Internal":false,"Labels":{}}"""),
        "/networks/host" or "/networks/h0" => (200, """{"Id":"h0","Name":"host","Internal":false,"Labels":{}}"""),
        "/networks" => (200, """[{"Id":"net3","Name":"foreign","Internal":false,"Labels":{"key":"hunter2"}}]"""),
        "/info" => (200, """{"ServerVersion":"28.0","NCPU":2,"HttpProxy":"http://hunter2","Labels":["hunter2"],"Runtimes":{"runc":{"path":"hunter2"}}}"""),
        "/images/a/b:v1/json" => (200, """{"Id":"sha256:1","RepoDigests":["a/b@sha256:2"],"Size":3,"Config":{"Env":["hunter2"]}}"""),
        "/distribution/a/b:v1/json" => (200, """{"Descriptor":{"digest":"sha256:2","size":1},"Platforms":[{"os":"hunter2"}]}"""),
        "/version" => null,
        var path => path.EndsWith("/json", StringComparison.Ordinal) || path.StartsWith("/networks/x", StringComparison.Ordinal) ? (404, """{"message":"no"}""") : (200, "{}"),
    };
}
