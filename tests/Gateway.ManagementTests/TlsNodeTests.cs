using Gateway.Management.Lifecycle;
using Xunit;

namespace Gateway.ManagementTests;

/// <summary>A Docker Engine that is reached by TCP and asks for certificates, as one of another machine should.</summary>
public sealed class TlsNodeTests
{
    [DockerFact]
    public async Task Node_ThatAsksForCertificates_TakesOursAndTurnsAwayOthers()
    {
        using var authority = new Certificates();
        using var stranger = new Certificates();
        var (docker, address) = await StartAsync(authority.Write("docker"));
        await using var _ = docker;

        var ours = await ReportAsync(address, authority.Write("gateway"));
        var without = await ReportAsync(address, authority.Write("nobody", own: false));
        var foreign = await ReportAsync(address, stranger.Write("foreign"));
        var unsafely = await ReportAsync(address, null);

        Assert.True(ours.Reachable, ours.Reason);
        Assert.NotNull(ours.DockerVersion);
        // Whom it does not know it turns away; whoever does not know it turns away themselves.
        Assert.All([without, foreign, unsafely], report => Assert.False(report.Reachable));
        Assert.Contains("cert.pem", without.Reason, StringComparison.Ordinal);
        Assert.Contains("ca.pem", foreign.Reason, StringComparison.Ordinal);
        Assert.Contains("DOCKER_CERT_PATH", unsafely.Reason, StringComparison.Ordinal);
    }

    [DockerFact]
    public async Task Engine_OnANodeBehindTls_LivesItsWholeLife()
    {
        using var authority = new Certificates();
        var (docker, address) = await StartAsync(authority.Write("docker"));
        await using var _ = docker;
        await using var registry = await TestRegistry.StartAsync();
        var (v1, _) = await registry.PushAsync("v1", "v1");
        var (v2, _) = await registry.PushAsync("v2", "v2");
        await using var place = new Workshop(address, certificates: authority.Write("gateway"));

        var engine = await place.InstallAsync(Workshop.Request(v1));

        Assert.Equal("v1", await Workshop.AskAsync(engine.Address!));
        Assert.Equal("v2", await Workshop.AskAsync((await place.UpgradeAsync(v2)).Address!));
        await place.Lifecycle.DeleteAsync(Workshop.Key("tiny"), place.Reports, CancellationToken.None);
        Assert.Empty((await docker.DockerAsync("ps", "--all", "--quiet")).Succeeded().Standard);
    }

    private static async Task<NodeReport> ReportAsync(string address, string? certificates)
    {
        await using var place = new Workshop(address, certificates: certificates);
        return await place.Lifecycle.ReportAsync(EngineNode.LocalId, CancellationToken.None);
    }

    /// <summary>Another process may take the port between the look and the start: then it is tried with another.</summary>
    private static async Task<(SecondEngine Docker, string Address)> StartAsync(string certificates)
    {
        for (var tries = 1; ; tries++)
        {
            var address = $"tcp://127.0.0.1:{FreePort.Next()}";
            try
            {
                return (await SecondEngine.StartAsync(
                    "--host", address, "--tlsverify", "--tlscacert", $"{certificates}/ca.pem", "--tlscert", $"{certificates}/cert.pem", "--tlskey", $"{certificates}/key.pem"), address);
            }
            catch (InvalidOperationException) when (tries < 5)
            {
                // Told by the end of the process.
            }
        }
    }
}
