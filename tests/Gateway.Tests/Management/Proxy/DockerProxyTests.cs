using System.Net.Sockets;
using System.Text;
using Gateway.Commands;
using Gateway.Management.Docker;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Xunit;

namespace Gateway.Tests.Management.Proxy;

/// <summary>The proxy before a Docker Engine: what engines take passes, all else is refused before the Docker Engine hears of it.</summary>
public sealed class DockerProxyTests : IAsyncLifetime, IDisposable
{
    private const string Create = """
        {"Image":"a.example/x:1","Labels":{"gateway.managed":"me"},"HostConfig":{"Binds":["/srv/data/models:/models:ro","gateway-cache:/cache"],"NetworkMode":"engines","RestartPolicy":{"Name":"no","MaximumRetryCount":0},"CapDrop":["ALL"],"SecurityOpt":["no-new-privileges:true"],"ReadonlyRootfs":false}}
        """;

    private readonly TemporaryFolder _folder = new();
    private readonly List<(string Call, string Body)> _heard = [];
    private readonly List<string> _logins = [];
    private WebApplication? _docker;
    private WebApplication? _proxy;

    public async Task InitializeAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.ListenUnixSocket(_folder.File("docker.sock")));
        _docker = builder.Build();
        _docker.Run(AnswerAsync);
        await _docker.StartAsync();
        await ProxyAsync(readOnly: false);
    }

    public async Task DisposeAsync()
    {
        await _proxy!.DisposeAsync();
        await _docker!.DisposeAsync();
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("GET", "/version", "")]
    [InlineData("GET", "/v1.41/info", "")]
    [InlineData("GET", "/v1.41/events?filters=x", "")]
    [InlineData("GET", "/v1.41/containers/json?all=1", "")]
    [InlineData("GET", "/v1.41/images/registry.example:5000/a/b:v1/json", "")]
    [InlineData("GET", "/v1.41/distribution/a/b:v1/json", "")]
    [InlineData("POST", "/v1.41/images/create?fromImage=a/b&tag=v1", "")]
    [InlineData("DELETE", "/v1.41/images/registry.example%3A5000/a/b%40sha256%3Aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "")]
    [InlineData("GET", "/v1.41/containers/ours/logs?tail=5", "")]
    [InlineData("POST", "/v1.41/containers/ours/start", "")]
    [InlineData("POST", "/v1.41/containers/ours/stop?t=15", "")]
    [InlineData("DELETE", "/v1.41/containers/ours?force=1", "")]
    [InlineData("POST", "/v1.41/containers/create?name=x", Create)]
    [InlineData("POST", "/v1.41/containers/ours/update", """{"RestartPolicy":{"Name":"no","MaximumRetryCount":0}}""")]
    [InlineData("POST", "/v1.41/networks/create", """{"Name":"n","Labels":{"gateway.managed":"me"},"Internal":false,"Driver":"bridge"}""")]
    [InlineData("POST", "/v1.41/networks/n/connect", """{"Container":"ours"}""")]
    public async Task Call_ThatEnginesTake_IsPassedOnWhole(string method, string target, string body)
    {
        var (status, answer) = await SendAsync(method, target, body);

        Assert.True(status == 200, answer);
        Assert.Equal(($"{method} {target}", body.Trim()), _heard[^1]);
    }

    [Theory]
    [InlineData("POST", "/v1.41/containers/ours/exec", "")]
    [InlineData("POST", "/v1.41/containers/ours/kill", "")]
    [InlineData("PUT", "/v1.41/containers/ours/archive?path=/", "")]
    [InlineData("POST", "/v1.41/build", "")]
    [InlineData("POST", "/v1.41/images/create?fromSrc=-", "")]
    [InlineData("POST", "/v1.41/images/create?fromImage=a&fromSrc=-", "")]
    [InlineData("DELETE", "/v1.41/images/a/b:v1", "")]
    [InlineData("DELETE", "/v1.41/images/registry.example%3A5000/a/b%40sha256%3Aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa?force=1", "")]
    [InlineData("POST", "/v1.41/volumes/create", "{}")]
    [InlineData("POST", "/v1.41/swarm/init", "{}")]
    [InlineData("GET", "/v1.41/secrets", "")]
    [InlineData("GET", "/v1.41/images/../containers/json", "")]
    [InlineData("GET", "/v1.41//info", "")]
    [InlineData("POST", "/v1.41/containers/foreign/start", "")]
    [InlineData("POST", "/v1.41/containers/foreign/stop", "")]
    [InlineData("DELETE", "/v1.41/containers/foreign?force=1", "")]
    [InlineData("GET", "/v1.41/containers/foreign/logs", "")]
    [InlineData("POST", "/v1.41/containers/foreign/update", """{"RestartPolicy":{"Name":"no","MaximumRetryCount":0}}""")]
    [InlineData("POST", "/v1.41/containers/ours/update", """{"RestartPolicy":{"Name":"no","MaximumRetryCount":0},"Memory":1}""")]
    [InlineData("POST", "/v1.41/networks/n/connect", """{"Container":"foreign"}""")]
    [InlineData("POST", "/v1.41/networks/n/connect", """{"Container":"../x"}""")]
    [InlineData("POST", "/v1.41/networks/create", """{"Name":"n","Labels":{}}""")]
    [InlineData("POST", "/v1.41/networks/create", """{"Name":"n","Labels":{"gateway.managed":"me"},"Driver":"macvlan"}""")]
    public async Task Call_ThatEnginesDoNotTake_IsRefused(string method, string target, string body)
    {
        var (status, answer) = await SendAsync(method, target, body);

        Assert.Equal(403, status);
        Assert.Contains("refused by", answer, StringComparison.Ordinal);
        Assert.All(_heard, heard => Assert.EndsWith("/json", heard.Call, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("\"gateway.managed\":\"me\"", "\"other\":\"me\"")]
    [InlineData("\"gateway.managed\":\"me\"}", "\"gateway.managed\":\"me\"},\"Runtime\":\"x\"")]
    [InlineData("\"CapDrop\":[\"ALL\"]", "\"CapDrop\":[\"ALL\"],\"Privileged\":true")]
    [InlineData("\"CapDrop\":[\"ALL\"]", "\"CapDrop\":[\"ALL\"],\"privileged\":true")]
    [InlineData("\"CapDrop\":[\"ALL\"]", "\"CapDrop\":[]")]
    [InlineData("\"CapDrop\":[\"ALL\"]", "\"CapDrop\":[\"ALL\"],\"CapAdd\":[\"SYS_ADMIN\"]")]
    [InlineData("\"CapDrop\":[\"ALL\"]", "\"CapDrop\":[\"ALL\"],\"PidMode\":\"host\"")]
    [InlineData("\"CapDrop\":[\"ALL\"]", "\"CapDrop\":[\"ALL\"],\"Devices\":[{\"PathOnHost\":\"/dev/sda\",\"PathInContainer\":\"/dev/sda\"}]")]
    [InlineData("no-new-privileges:true", "apparmor=unconfined")]
    [InlineData("\"engines\"", "\"host\"")]
    [InlineData("\"engines\"", "\"container:foreign\"")]
    [InlineData("/srv/data/models:", "/etc:")]
    [InlineData("/srv/data/models:", "/srv/data/../../etc:")]
    [InlineData("/srv/data/models:", "/var/run/docker.sock:")]
    [InlineData("gateway-cache:", "other-volume:")]
    public async Task Create_MoreThanAnEngineNeeds_IsRefused(string good, string bad)
    {
        Assert.Contains(good, Create, StringComparison.Ordinal);

        var (status, _) = await SendAsync("POST", "/v1.41/containers/create", Create.Replace(good, bad, StringComparison.Ordinal));

        Assert.Equal(403, status);
        Assert.Empty(_heard);
    }

    [Fact]
    public async Task Create_MemberGivenTwice_IsPassedOnAsItWasJudged()
    {
        var body = Create.Replace("\"NetworkMode\":\"engines\"", "\"NetworkMode\":\"host\",\"NetworkMode\":\"engines\"", StringComparison.Ordinal);

        await SendAsync("POST", "/v1.41/containers/create", body);

        Assert.All(_heard, heard => Assert.DoesNotContain("host\"", heard.Body, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("ours", true)]
    [InlineData("foreign", false)]
    public async Task Inspect_ForeignContainer_KeepsItsSecrets(string container, bool shown)
    {
        var (status, answer) = await SendAsync("GET", $"/v1.41/containers/{container}/json", "");

        Assert.Equal(200, status);
        Assert.Equal(shown, answer.Contains("TOKEN=secret", StringComparison.Ordinal));
        Assert.Contains("Labels", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ReadOnly_Change_IsRefusedAndListsPass()
    {
        await _proxy!.DisposeAsync();
        await ProxyAsync(readOnly: true);

        Assert.Equal(200, (await SendAsync("GET", "/v1.41/containers/json", "")).Status);
        Assert.Equal(403, (await SendAsync("POST", "/v1.41/containers/ours/stop", "")).Status);
        Assert.Equal(403, (await SendAsync("POST", "/v1.41/containers/create", Create)).Status);
        Assert.Equal(403, (await SendAsync("POST", "/v1.41/images/create?fromImage=a", "")).Status);
    }

    [Theory]
    [InlineData("POST", "/v1.41/images/create?fromImage=a/b&tag=v1", "c2VjcmV0")]
    [InlineData("GET", "/v1.41/distribution/a/b:v1/json", "c2VjcmV0")]
    [InlineData("GET", "/v1.41/images/a/b:v1/json", "")]
    [InlineData("POST", "/v1.41/containers/ours/start", "")]
    public async Task Login_ForARegistry_GoesWithWhatAsksOne(string method, string target, string passed)
    {
        await SendAsync(method, target, "", "X-Registry-Auth: c2VjcmV0\r\n");

        Assert.Equal(passed, _logins[^1]);
    }

    [Fact]
    public async Task Engine_Away_IsSaidSo()
    {
        await _docker!.StopAsync();

        var (status, answer) = await SendAsync("GET", "/version", "");

        Assert.Equal(502, status);
        Assert.Contains("does not answer", answer, StringComparison.Ordinal);
    }

    private async Task ProxyAsync(bool readOnly)
    {
        _proxy = DockerProxyCommand.Build(_folder.File("proxy.sock"), new DockerAddress(_folder.File("docker.sock"), new Uri("http://docker")), "/srv/data", readOnly);
        await _proxy.StartAsync();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body);
        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        _heard.Add(($"{context.Request.Method} {target}", await reader.ReadToEndAsync()));
        _logins.Add(context.Request.Headers["X-Registry-Auth"].ToString());
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(target.EndsWith("/json", StringComparison.Ordinal) && target.Contains("/containers/", StringComparison.Ordinal)
            ? $$$"""{"Id":"x","Config":{"Env":["TOKEN=secret"],"Labels":{{{(target.Contains("/ours/", StringComparison.Ordinal) ? """{"gateway.managed":"me"}""" : "{}")}}}}}"""
            : "{}");
    }

    private async Task<(int Status, string Body)> SendAsync(string method, string target, string body, string headers = "")
    {
        // By hand, so that nothing tidies the path up on its way.
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(_folder.File("proxy.sock")));
        body = body.Trim();
        await socket.SendAsync(Encoding.ASCII.GetBytes($"{method} {target} HTTP/1.1\r\nHost: docker\r\nConnection: close\r\nContent-Type: application/json\r\n{headers}Content-Length: {body.Length}\r\n\r\n{body}"));
        using var stream = new NetworkStream(socket);
        using var reader = new StreamReader(stream);
        var text = await reader.ReadToEndAsync();
        return (int.Parse(text.AsSpan(9, 3), System.Globalization.CultureInfo.InvariantCulture), text);
    }
}
