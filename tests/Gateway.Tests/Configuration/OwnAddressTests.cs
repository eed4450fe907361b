using Xunit;

namespace Gateway.Tests.Configuration;

/// <summary>A gateway whose engine would be itself does not start.</summary>
public sealed class OwnAddressTests
{
    [Theory]
    [InlineData("http://127.0.0.1:8000/v1", "127.0.0.1", "8000")]
    [InlineData("http://localhost:8000", "127.0.0.1", "8000")]
    [InlineData("http://[::1]:9000/v1", "localhost", "9000")]
    [InlineData("http://127.0.0.1:9000", "0.0.0.0", "9000")]
    [InlineData("http://127.0.0.1:9000", "::", "9000")]
    [InlineData("http://localhost:9000", "*", "9000")]
    [InlineData("http://192.168.1.5:9000", "192.168.1.5", "9000")]
    [InlineData("http://10.0.0.9:9000,http://127.0.0.1:9000", "*", "9000")]
    public void Read_EngineAtTheGatewaysOwnAddress_IsAFault(string url, string host, string port)
    {
        var (settings, faults) = Read(url, host, port);

        Assert.Null(settings);
        Assert.StartsWith($"GATEWAY_PORT={port} makes http://", Assert.Single(faults), StringComparison.Ordinal);
    }

    [Fact]
    public void Read_EngineAtThePortOfTheMetrics_IsAFault() => Assert.StartsWith(
        "GATEWAY_METRICS_PORT=9464 makes http://127.0.0.1:9464/ the gateway's own address",
        Assert.Single(SettingRows.Read(("BACKEND_KIND", "openai"), ("BACKEND_BASE_URL", "http://127.0.0.1:9464"), ("GATEWAY_METRICS_PORT", "9464")).Faults),
        StringComparison.Ordinal);

    [Theory]
    [InlineData("http://127.0.0.1:8001/v1", "127.0.0.1", "8000")]
    [InlineData("http://gpu-box:8000/v1", "*", "8000")]
    [InlineData("http://127.0.0.1:8000/v1", "192.168.1.5", "8000")]
    [InlineData("http://127.0.0.1:8000/v1", "127.0.0.1", "0")]
    public void Read_EngineElsewhere_IsAllowed(string url, string host, string port) => Assert.Empty(Read(url, host, port).Faults);

    [Fact]
    public void Read_UsualPortOfTheEngineIsTheGateways_IsAFaultUntilOneOfThemMoves()
    {
        Assert.Contains("GATEWAY_PORT to another port", Assert.Single(SettingRows.Read(("BACKEND_KIND", "vllm")).Faults), StringComparison.Ordinal);
        Assert.Empty(SettingRows.Read(("BACKEND_KIND", "vllm"), ("GATEWAY_PORT", "9000")).Faults);
        Assert.Empty(SettingRows.Read(("BACKEND_KIND", "vllm"), ("BACKEND_BASE_URL", "http://127.0.0.1:8001")).Faults);
    }

    private static (Gateway.Core.Configuration.GatewaySettings? Settings, IReadOnlyList<string> Faults) Read(string url, string host, string port) =>
        SettingRows.Read(("BACKEND_KIND", "openai"), ("BACKEND_BASE_URL", url), ("GATEWAY_HOST", host), ("GATEWAY_PORT", port), ("API_KEYS", "12345678"));
}
