using System.Text;
using Xunit;

namespace Gateway.Tests.Management.Proxy;

/// <summary>The proxy before a Docker Engine: what the gateway sends passes, all else is refused before the Docker Engine hears of it.</summary>
public sealed class DockerProxyTests
{
    private const string Digest = "sha256%3Aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

    [Theory]
    [InlineData("GET", "/_ping", "", "/_ping")]
    [InlineData("HEAD", "/_ping", "", "/_ping")]
    [InlineData("GET", "/version", "", "/version")]
    [InlineData("GET", "/v1.41/info", "", "/v1.41/info")]
    [InlineData("GET", "/v1.50/info", "", "/v1.50/info")]
    [InlineData("GET", "/v1.41/distribution/a/b:v1/json", "", "/v1.41/distribution/a/b:v1/json")]
    [InlineData("GET", "/v1.41/images/a/b:v1/json", "", "/v1.41/images/a/b:v1/json")]
    [InlineData("POST", "/v1.41/images/create?fromImage=r.example%3A5000%2Fa%2Fb&tag=v1", "", "/v1.41/images/create?fromImage=r.example%3A5000%2Fa%2Fb&tag=v1")]
    [InlineData("DELETE", "/v1.41/images/r.example%3A5000/a/b%40" + Digest, "", "/v1.41/images/r.example%3A5000/a/b%40" + Digest)]
    [InlineData("GET", "/v1.41/containers/ours/logs?stdout=1&stderr=1&tail=5&follow=0", "", "/v1.41/containers/ours0/logs?stdout=1&stderr=1&tail=5&follow=0")]
    [InlineData("POST", "/v1.41/containers/ours/start", "", "/v1.41/containers/ours0/start")]
    [InlineData("POST", "/v1.41/containers/ours/stop?t=15", "", "/v1.41/containers/ours0/stop?t=15")]
    [InlineData("DELETE", "/v1.41/containers/ours?force=1&v=1", "", "/v1.41/containers/ours0?force=1&v=1")]
    [InlineData("POST", "/v1.41/containers/ours/update", """{"RestartPolicy":{"Name":"unless-stopped","MaximumRetryCount":0}}""", "/v1.41/containers/ours0/update")]
    [InlineData("POST", "/v1.41/networks/create", """{"Name":"gateway-downloads-me","Labels":{"gateway.managed":"me"},"Internal":false,"Driver":"bridge"}""", "/v1.41/networks/create")]
    public async Task Call_ThatTheGatewayMakes_IsPassedOn(string method, string target, string body, string passed)
    {
        await using var bench = await ProxyBench.StartAsync();

        var (status, answer) = await bench.SendAsync(method, target, body);

        Assert.True(status == 200, answer);
        Assert.Equal((method, passed, body), (bench.Docker.Calls[^1].Method, bench.Docker.Calls[^1].Target, bench.Docker.Calls[^1].Body));
    }

    [Theory]
    [InlineData("engines")]
    [InlineData("gateway-downloads-me")]
    public async Task Connect_OwnContainerToOwnNetwork_IsPassedOnByItsId(string network)
    {
        await using var bench = await ProxyBench.StartAsync();

        var (status, answer) = await bench.SendAsync("POST", $"/v1.41/networks/{network}/connect", """{"Container":"ours"}""");

        Assert.True(status == 200, answer);
        Assert.Equal("""{"Container":"ours0"}""", bench.Docker.Calls[^1].Body);
    }

    [Theory]
    // Calls.
    [InlineData("POST", "/v1.41/containers/ours/exec")]
    [InlineData("POST", "/v1.41/exec/x/start")]
    [InlineData("POST", "/v1.41/containers/ours/kill")]
    [InlineData("POST", "/v1.41/containers/ours/rename?name=x")]
    [InlineData("POST", "/v1.41/containers/ours/restart")]
    [InlineData("POST", "/v1.41/containers/ours/attach?stream=1")]
    [InlineData("GET", "/v1.41/containers/ours/attach/ws")]
    [InlineData("GET", "/v1.41/containers/ours/archive?path=/")]
    [InlineData("PUT", "/v1.41/containers/ours/archive?path=/")]
    [InlineData("GET", "/v1.41/containers/ours/export")]
    [InlineData("GET", "/v1.41/containers/foreign/stats")]
    [InlineData("GET", "/v1.41/containers/foreign/top")]
    [InlineData("GET", "/v1.41/events")]
    [InlineData("GET", "/v1.41/images/json")]
    [InlineData("GET", "/v1.41/system/df")]
    [InlineData("POST", "/v1.41/build")]
    [InlineData("POST", "/v1.41/commit?container=ours")]
    [InlineData("POST", "/v1.41/images/load")]
    [InlineData("POST", "/v1.41/images/a/push")]
    [InlineData("POST", "/v1.41/images/a/tag?repo=b")]
    [InlineData("POST", "/v1.41/containers/prune")]
    [InlineData("POST", "/v1.41/volumes/create")]
    [InlineData("GET", "/v1.41/volumes")]
    [InlineData("POST", "/v1.41/swarm/init")]
    [InlineData("GET", "/v1.41/secrets")]
    [InlineData("POST", "/v1.41/plugins/pull?remote=x")]
    [InlineData("POST", "/v1.41/session")]
    [InlineData("POST", "/v1.41/grpc")]
    [InlineData("DELETE", "/v1.41/networks/engines")]
    [InlineData("POST", "/v1.41/networks/engines/disconnect")]
    // Versions and paths.
    [InlineData("GET", "/v1.40/info")]
    [InlineData("GET", "/v1.51/info")]
    [InlineData("GET", "/v1.041/info")]
    [InlineData("GET", "/v1.41/v1.41/info")]
    [InlineData("GET", "/V1.41/info")]
    [InlineData("GET", "/v1.41/INFO")]
    [InlineData("GET", "/v1.41//info")]
    [InlineData("GET", "//info")]
    [InlineData("GET", "/v1.41/info/")]
    [InlineData("GET", "/v1.41/./info")]
    [InlineData("GET", "/v1.41/images/./json")]
    [InlineData("GET", "/v1.41/images/../containers/json")]
    [InlineData("GET", "/v1.41/images/%2e%2e/containers/json")]
    [InlineData("GET", "/v1.41/images/..%2fcontainers%2fx/json")]
    [InlineData("GET", "/v1.41/containers/..%2Fimages/json")]
    [InlineData("POST", "/v1.41/containers/ours%2f..%2fforeign/start")]
    [InlineData("GET", "/v1.41/info%0a")]
    [InlineData("GET", "http://docker/v1.41/events")]
    // Queries.
    [InlineData("GET", "/v1.41/info?x=1")]
    [InlineData("POST", "/v1.41/images/create?fromSrc=-")]
    [InlineData("POST", "/v1.41/images/create?fromImage=a&fromSrc=-")]
    [InlineData("POST", "/v1.41/images/create?fromImage=a&fromImage=b")]
    [InlineData("POST", "/v1.41/images/create?fromImage=a;fromSrc=-")]
    [InlineData("POST", "/v1.41/images/create?fromImage=a&%66romSrc=-")]
    [InlineData("POST", "/v1.41/images/create?fromImage=a&changes=ENV")]
    [InlineData("POST", "/v1.41/containers/ours/start?checkpoint=x")]
    [InlineData("POST", "/v1.41/containers/ours/start?checkpoint-dir=/etc")]
    [InlineData("DELETE", "/v1.41/containers/ours?link=1")]
    [InlineData("GET", "/v1.41/containers/json?filters=%7B%22volume%22%3A%5B%22x%22%5D%7D")]
    [InlineData("GET", "/v1.41/containers/json?size=1")]
    [InlineData("GET", "/v1.41/containers/ours/json?size=1")]
    [InlineData("GET", "/v1.41/networks?filters=%7B%22name%22%3A%5B%22x%22%5D%7D")]
    [InlineData("DELETE", "/v1.41/images/a/b:v1")]
    [InlineData("DELETE", "/v1.41/images/a/b%40" + Digest + "?force=1")]
    // What is not the gateway's.
    [InlineData("POST", "/v1.41/containers/foreign/start")]
    [InlineData("POST", "/v1.41/containers/self/stop")]
    [InlineData("POST", "/v1.41/containers/foreign/stop")]
    [InlineData("DELETE", "/v1.41/containers/foreign?force=1")]
    [InlineData("GET", "/v1.41/containers/foreign/logs?stdout=1")]
    [InlineData("POST", "/v1.41/containers/foreign/update", """{"RestartPolicy":{"Name":"no","MaximumRetryCount":0}}""")]
    [InlineData("POST", "/v1.41/containers/ours/update", """{"RestartPolicy":{"Name":"no","MaximumRetryCount":0},"Memory":1}""")]
    [InlineData("POST", "/v1.41/containers/ours/update", """{"RestartPolicy":{"Name":"always","MaximumRetryCount":0}}""")]
    [InlineData("POST", "/v1.41/networks/engines/connect", """{"Container":"foreign"}""")]
    [InlineData("POST", "/v1.41/networks/engines/connect", """{"Container":"ours","EndpointConfig":{"Aliases":["db"]}}""")]
    [InlineData("POST", "/v1.41/networks/engines/connect", """{"Container":"../x"}""")]
    [InlineData("POST", "/v1.41/networks/foreign/connect", """{"Container":"ours"}""")]
    [InlineData("POST", "/v1.41/networks/host/connect", """{"Container":"ours"}""")]
    [InlineData("POST", "/v1.41/networks/h0/connect", """{"Container":"ours"}""")]
    [InlineData("POST", "/v1.41/networks/xmissing/connect", """{"Container":"ours"}""")]
    [InlineData("POST", "/v1.41/networks/create", """{"Name":"gateway-downloads-me","Labels":{}}""")]
    [InlineData("POST", "/v1.41/networks/create", """{"Name":"other","Labels":{"gateway.managed":"me"}}""")]
    [InlineData("POST", "/v1.41/networks/create", """{"Name":"gateway-downloads-me","Labels":{"gateway.managed":"me","a":"b"}}""")]
    [InlineData("POST", "/v1.41/networks/create", """{"Name":"gateway-downloads-me","Labels":{"gateway.managed":"me"},"Driver":"macvlan"}""")]
    [InlineData("POST", "/v1.41/networks/create", """{"Name":"gateway-downloads-me","Labels":{"gateway.managed":"me"},"Options":{"com.docker.network.bridge.name":"docker0"}}""")]
    [InlineData("POST", "/v1.41/networks/create", """{"Name":"gateway-downloads-me","Labels":{"gateway.managed":"me"},"IPAM":{}}""")]
    public async Task Call_ThatTheGatewayDoesNotMake_IsRefused(string method, string target, string body = "")
    {
        await using var bench = await ProxyBench.StartAsync();

        var (status, answer) = await bench.SendAsync(method, target, body);

        Assert.Equal(403, status);
        Assert.Contains("refused by", answer, StringComparison.Ordinal);
        Assert.Empty(bench.Passed);
    }

    [Fact]
    public async Task Container_ThatIsGone_Is404AsTheDockerEngineSays()
    {
        await using var bench = await ProxyBench.StartAsync();

        Assert.Equal(404, (await bench.SendAsync("POST", "/v1.41/containers/gone/stop")).Status);
        Assert.Empty(bench.Passed);
    }

    [Theory]
    [InlineData("/v1.41/containers/foreign/json", "\"Id\":\"f0\"")]
    [InlineData("/v1.41/containers/json?all=1", "\"Id\":\"f0\"")]
    [InlineData("/v1.41/containers/self/json", "\"NetworkID\":\"net1\"")]
    [InlineData("/v1.41/containers/self/json", "/srv/data/gateway")]
    [InlineData("/v1.41/containers/ours/json", "TOKEN=own")]
    [InlineData("/v1.41/networks", "\"Name\":\"foreign\"")]
    [InlineData("/v1.41/networks/net1", "\"Name\":\"engines\"")]
    [InlineData("/v1.41/info", "runc")]
    [InlineData("/v1.41/images/a/b:v1/json", "a/b@sha256:2")]
    [InlineData("/v1.41/distribution/a/b:v1/json", "sha256:2")]
    public async Task Answer_OfTheDockerEngine_TellsNothingOfOthers(string target, string told)
    {
        await using var bench = await ProxyBench.StartAsync();

        var (status, answer) = await bench.SendAsync("GET", target);

        Assert.Equal(200, status);
        Assert.Contains(told, answer, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("3")]
    [InlineData("not json hunter2")]
    [InlineData("[[null]]")]
    [InlineData("""[{"Labels":[]},"x",null]""")]
    [InlineData("""{"Id":5,"State":"x","Config":[],"Labels":"x"}""")]
    public async Task Answer_ThatIsOdd_EndsNothing(string odd)
    {
        await using var bench = await ProxyBench.StartAsync();
        bench.Docker.Answers = (_, _) => (200, odd);

        foreach (var target in (string[])["/v1.41/containers/json", "/v1.41/containers/x/json", "/v1.41/networks", "/v1.41/networks/x", "/v1.41/info", "/v1.41/images/a/json", "/v1.41/distribution/a/json", "/version"])
        {
            var (status, answer) = await bench.SendAsync("GET", target);
            Assert.True(status is 200 or 502, answer);
        }

        var (refused, _) = await bench.SendAsync("POST", "/v1.41/containers/x/start");
        Assert.True(refused is 403 or 502);
        Assert.DoesNotContain(bench.Docker.Calls, call => call.Method == "POST");
    }

    [Fact]
    public async Task ReadOnly_Change_IsRefusedAndListsPass()
    {
        await using var bench = await ProxyBench.StartAsync();
        await bench.ReadOnlyAsync();

        Assert.Equal(200, (await bench.SendAsync("GET", "/v1.41/containers/json")).Status);
        Assert.Equal(403, (await bench.SendAsync("POST", "/v1.41/containers/ours/stop")).Status);
        Assert.Equal(403, (await bench.SendAsync("POST", "/v1.41/containers/create", "{}")).Status);
        Assert.Equal(403, (await bench.SendAsync("POST", "/v1.41/images/create?fromImage=a")).Status);
    }

    [Theory]
    [InlineData("POST", "/v1.41/images/create?fromImage=a/b&tag=v1", "c2VjcmV0")]
    [InlineData("GET", "/v1.41/distribution/a/b:v1/json", "c2VjcmV0")]
    [InlineData("GET", "/v1.41/images/a/b:v1/json", "")]
    [InlineData("POST", "/v1.41/containers/ours/start", "")]
    public async Task Login_ForARegistry_GoesWithWhatAsksOne(string method, string target, string passed)
    {
        await using var bench = await ProxyBench.StartAsync();

        await bench.SendAsync(method, target, "", "X-Registry-Auth: c2VjcmV0\r\n");

        Assert.Equal(passed, bench.Docker.Calls[^1].Login);
    }

    [Theory]
    [InlineData("Content-Length: 300000\r\n\r\n", 413)]
    [InlineData("Transfer-Encoding: chunked\r\n\r\nzz\r\n", 400)]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n", 403)]
    [InlineData("Upgrade: tcp\r\n\r\n", 403)]
    public async Task Body_ThatIsNone_IsRefused(string rest, int expected)
    {
        await using var bench = await ProxyBench.StartAsync();
        var connection = rest.StartsWith("Upgrade", StringComparison.Ordinal) ? "Connection: close, Upgrade\r\n" : "Connection: close\r\n";

        // A body that is not ended by the caller is never waited for here: the answer comes first.
        var (status, _) = await bench.RawAsync(Encoding.ASCII.GetBytes($"POST /v1.41/containers/create HTTP/1.1\r\nHost: d\r\n{connection}{rest}")).WaitAsync(TimeSpan.FromMinutes(1));

        Assert.Equal(expected, status);
        Assert.Empty(bench.Passed);
    }

    [Fact]
    public async Task Engine_Away_IsSaidSo()
    {
        await using var bench = await ProxyBench.StartAsync();
        await bench.Docker.StopAsync();

        var (status, answer) = await bench.SendAsync("GET", "/version");

        Assert.Equal(502, status);
        Assert.Contains("does not answer", answer, StringComparison.Ordinal);
    }
}
