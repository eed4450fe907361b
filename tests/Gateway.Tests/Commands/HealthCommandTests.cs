using System.Net;
using System.Net.Sockets;
using Gateway.Commands;
using Gateway.Fakes;
using Gateway.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Gateway.Tests.Commands;

/// <summary>The container's health check, asked of a running gateway.</summary>
public sealed class HealthCommandTests
{
    [Fact]
    public async Task Health_GatewayRuns_IsWell()
    {
        await using var gateway = await StartAsync(new Uri("http://127.0.0.1:9"));

        Assert.Equal(HealthCommand.Well, await HealthCommand.RunAsync([], Listening(gateway), TextWriter.Null, TextWriter.Null));
    }

    [Fact]
    public async Task Health_Ready_IsWellAsSoonAsTheEngineIs()
    {
        await using var engine = await FakeEngine.StartAsync(new FakeEngineOptions { Dialect = "openai" });
        await using var gateway = await StartAsync(engine.BaseUrl);
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(30));

        var output = new StringWriter();
        while (await HealthCommand.RunAsync(["--ready"], Listening(gateway), output, TextWriter.Null) != HealthCommand.Well)
        {
            await Task.Delay(20, deadline.Token);
        }

        Assert.Contains("\"status\":\"ready\"", output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Health_NothingListens_SaysWhere()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();

        var errors = new StringWriter();
        var code = await HealthCommand.RunAsync([], new Dictionary<string, string> { ["GATEWAY_PORT"] = $"{port}" }, TextWriter.Null, errors);

        Assert.Equal(HealthCommand.Unwell, code);
        Assert.Contains($"http://127.0.0.1:{port}/health does not answer", errors.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Health_UnknownOption_IsWrongUsage() =>
        Assert.Equal(HealthCommand.WrongUsage, await HealthCommand.RunAsync(["--now"], new Dictionary<string, string>(), TextWriter.Null, TextWriter.Null));

    [Theory]
    [InlineData("0.0.0.0", "127.0.0.1")]
    [InlineData("*", "127.0.0.1")]
    [InlineData("::", "127.0.0.1")]
    [InlineData("192.0.2.7", "192.0.2.7")]
    [InlineData("", "127.0.0.1")]
    public void Address_OfWhereItListens_IsReachableFromItsHost(string host, string expected) =>
        Assert.Equal($"http://{expected}:8000/health", HealthCommand.Address(new Dictionary<string, string> { ["GATEWAY_HOST"] = host }, "/health").ToString());

    private static async Task<WebApplication> StartAsync(Uri engine)
    {
        var gateway = await GatewayApp.BuildAsync(
            new Dictionary<string, string> { ["BACKEND_KIND"] = "openai", ["BACKEND_BASE_URL"] = engine.ToString(), ["GATEWAY_PORT"] = "0" }, logging => logging.ClearProviders(), CancellationToken.None);
        await gateway.StartAsync();
        return gateway;
    }

    private static Dictionary<string, string> Listening(WebApplication gateway) => new() { ["GATEWAY_PORT"] = $"{new Uri(gateway.Urls.Single()).Port}" };
}
