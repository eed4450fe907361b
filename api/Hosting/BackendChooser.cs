using Gateway.Backends;
using Gateway.Configuration;
using Gateway.Demo;
using Gateway.Detection;
using Gateway.Engines;

namespace Gateway.Hosting;

/// <summary>Decides at start what is behind the gateway: the engine that is named, one that is found here, or the demo.</summary>
internal sealed class BackendChooser(GatewaySettings settings, TimeProvider clock)
{
    /// <summary>The built-in engine, when it was started; whoever asked disposes of it.</summary>
    public DemoEngine? Demo { get; private set; }

    /// <summary>What was chosen, for the log. A sentence.</summary>
    public string Reason { get; private set; } = "";

    public async Task<BackendTable> ChooseAsync(CancellationToken cancellationToken)
    {
        var profile = EngineCatalog.Find(settings.BackendKind);
        if (profile is { Demonstration: false })
        {
            var url = profile.Deployment.LocalBaseUrl ?? profile.Deployment.BaseUrl;
            var urls = settings.BackendUrls.Count > 0 ? settings.BackendUrls : [new Uri(url)];
            Reason = $"Engine: {profile.DisplayName} at {string.Join(", ", urls)}.";
            return Table(profile, urls);
        }

        if (profile is null && await DetectAsync(cancellationToken) is { } found)
        {
            Reason = $"Engine: found {found.Profile.DisplayName} at {found.BaseUrl}. Set BACKEND_KIND={found.Profile.Id} to keep to it.";
            return Table(found.Profile, [found.BaseUrl]);
        }

        return await StartDemoAsync(profile is null, cancellationToken);
    }

    private async Task<DetectedEngine?> DetectAsync(CancellationToken cancellationToken)
    {
        using var client = UpstreamClient.Create(TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(1));
        return await new EngineDetector(EngineCatalog.All, client, clock, ownPort: settings.Port).FindAsync(cancellationToken);
    }

    private async Task<BackendTable> StartDemoAsync(bool searched, CancellationToken cancellationToken)
    {
        Demo = await DemoEngine.StartAsync(clock, cancellationToken);
        Reason = (searched ? "Engine: none was found on this host, so" : "Engine:")
            + " the built-in demo answers. It is no model. Set BACKEND_KIND and BACKEND_BASE_URL to use a real engine.";
        return Table(EngineCatalog.All.First(profile => profile.Demonstration), [Demo.BaseUrl]);
    }

    private BackendTable Table(EngineProfile profile, IReadOnlyList<Uri> urls) => new([new Backend(profile.Id, profile, urls, settings)]);
}
