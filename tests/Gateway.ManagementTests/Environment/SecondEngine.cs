using System.Diagnostics;

namespace Gateway.ManagementTests;

/// <summary>
/// A Docker Engine beside the machine's own, as that of another machine: with its own data, socket and network, and no firewall rules.
/// It ends with the test.
/// </summary>
internal sealed class SecondEngine : IAsyncDisposable
{
    private const string Bridge = "gwtest0";
    private readonly Process _daemon;
    private readonly TemporaryFolder _folder;

    private SecondEngine(Process daemon, TemporaryFolder folder)
    {
        _daemon = daemon;
        _folder = folder;
    }

    /// <summary>Its address as in <c>DOCKER_HOST</c>.</summary>
    public string Address => $"unix://{_folder.Path}/docker.sock";

    /// <param name="options">Further ones of dockerd.</param>
    public static async Task<SecondEngine> StartAsync(params string[] options)
    {
        var place = new TemporaryFolder();
        var folder = place.Path;
        await Shell.RunAsync("ip", "link", "add", "name", Bridge, "type", "bridge");
        await Shell.RunAsync("ip", "addr", "add", "172.31.251.1/24", "dev", Bridge);
        (await Shell.RunAsync("ip", "link", "set", Bridge, "up")).Succeeded();
        var start = new ProcessStartInfo("dockerd",
        [
            "--data-root", $"{folder}/data", "--exec-root", $"{folder}/exec", "--pidfile", $"{folder}/pid", "--host", $"unix://{folder}/docker.sock",
            "--bridge", Bridge, "--iptables=false", "--ip6tables=false", "--log-level", "error", .. options,
        ])
        { RedirectStandardError = true, RedirectStandardOutput = true };
        var daemon = Process.Start(start)!;
        daemon.ErrorDataReceived += (_, _) => { };
        daemon.OutputDataReceived += (_, _) => { };
        daemon.BeginErrorReadLine();
        daemon.BeginOutputReadLine();
        var engine = new SecondEngine(daemon, place);
        try
        {
            await Wait.UntilAsync(async () => daemon.HasExited
                ? throw new InvalidOperationException("The second Docker Engine does not start.")
                : (await engine.DockerAsync("version")).Code == 0, "the second Docker Engine");
            return engine;
        }
        catch
        {
            await engine.DisposeAsync();
            throw;
        }
    }

    public Task<ShellResult> DockerAsync(params string[] arguments) => Shell.RunAsync([("DOCKER_HOST", Address)], ["docker", .. arguments]);

    /// <summary>It ends as a machine does that is switched off; its containers end too.</summary>
    public async Task StopAsync()
    {
        if (!_daemon.HasExited)
        {
            await Shell.RunAsync("kill", _daemon.Id.ToString(System.Globalization.CultureInfo.InvariantCulture));
            await _daemon.WaitForExitAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!_daemon.HasExited)
        {
            var containers = await DockerAsync("ps", "--all", "--quiet");
            foreach (var container in containers.Standard.Split('\n', StringSplitOptions.RemoveEmptyEntries))
            {
                await DockerAsync("rm", "--force", "--volumes", container);
            }
        }

        await StopAsync();
        _daemon.Dispose();
        await Shell.RunAsync("ip", "link", "delete", Bridge);
        await Shell.RunAsync("rm", "-rf", "--one-file-system", _folder.Path);
    }
}
