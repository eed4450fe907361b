using Gateway.ConsoleTests.Browser;
using Gateway.EndToEndTests;
using Gateway.Management.Lifecycle;
using Gateway.ManagementTests;

namespace Gateway.ConsoleTests.Management;

/// <summary>
/// A gateway that manages engines on the real Docker Engine, with a gallery of tiny ones: <c>tiny</c> begins at <c>v1</c>, and its
/// text is what an attacker would write. Every container and image of it is removed at the end.
/// </summary>
internal sealed class ManagedSite : IAsyncDisposable
{
    public const string HostileText = "An engine <img src=x onerror=\"alert(1)\"> for tests";

    private readonly TemporaryFolder _folder;
    private readonly List<string> _images;

    private ManagedSite(TemporaryFolder folder, List<string> images, RunningGateway gateway)
    {
        _folder = folder;
        _images = images;
        Gateway = gateway;
    }

    public RunningGateway Gateway { get; }

    public static Task<ManagedSite> StartAsync(string mode = "on") => StartAsync(mode, static (ready, slow) => $"""
        - name: tiny
          description: '{HostileText}'
          uri: {ready}
          kind: vllm
          accelerator: cpu
          model: tiny
          tags: [text, tests]
          license: MIT
          urls: ['javascript:alert(1)']
        - name: never-ready
          description: It loads for ever
          uri: {slow}
          kind: vllm
          accelerator: cpu
          model: tiny
          tags: [tests]
        - description: nobody can ask for an entry without a name
        """);

    /// <param name="mode">GATEWAY_MANAGEMENT.</param>
    /// <param name="gallery">The text of the gallery, for the name of an image that is soon ready and of one that never is.</param>
    public static async Task<ManagedSite> StartAsync(string mode, Func<string, string, string> gallery)
    {
        var folder = new TemporaryFolder();
        var first = await TinyImages.MakeAsync("v1");
        var slow = await TinyImages.MakeAsync("never", "slow");
        var file = folder.Write("gallery.yaml", gallery(first, slow));
        var gateway = await RunningGateway.StartAsync(new Dictionary<string, string>
        {
            ["ADMIN_API_KEY"] = ConsolePage.AdminKey,
            ["BACKEND_KIND"] = "demo",
            ["GATEWAY_MANAGEMENT"] = mode,
            ["GATEWAY_DATA_DIR"] = folder.File("data"),
            ["GATEWAY_BACKEND_GALLERIES"] = file,
            ["GATEWAY_LOADING_WAIT_SECONDS"] = "30",
            ["GATEWAY_DRAIN_SECONDS"] = "30",
        });
        return new ManagedSite(folder, [first, slow], gateway);
    }

    public async Task<string> ImageAsync(string version, string behaviour = "ready")
    {
        var image = await TinyImages.MakeAsync(version, behaviour);
        _images.Add(image);
        return image;
    }

    public async ValueTask DisposeAsync()
    {
        await Gateway.DisposeAsync();
        var owner = _folder.File("data/engines/owner");
        if (File.Exists(owner))
        {
            var ours = await Shell.RunAsync("docker", "ps", "--all", "--quiet", "--filter", $"label={EngineLabels.Managed}={(await File.ReadAllTextAsync(owner)).Trim()}");
            foreach (var container in ours.Standard.Split('\n', StringSplitOptions.RemoveEmptyEntries))
            {
                await Shell.RunAsync("docker", "rm", "--force", "--volumes", container);
            }
        }

        foreach (var image in _images)
        {
            await TinyImages.RemoveAsync(image);
        }

        _folder.Dispose();
    }
}
