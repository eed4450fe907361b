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

    /// <summary>What was chosen, for the log. Sentences, each after a space.</summary>
    public string Reason { get; private set; } = "";

    public async Task<BackendTable> ChooseAsync(CancellationToken cancellationToken)
    {
        var backends = new List<Backend>();
        foreach (var backend in settings.Backends)
        {
            backends.Add(await ChooseAsync(backend, cancellationToken));
        }

        return new BackendTable(backends);
    }

    private async Task<Backend> ChooseAsync(BackendSettings backend, CancellationToken cancellationToken)
    {
        var profile = EngineCatalog.Find(backend.Kind);
        if (profile is { Demonstration: false })
        {
            var chosen = new Backend(backend, profile, clock);
            Reason += $" {chosen.Name} is {profile.DisplayName} at {string.Join(", ", chosen.Replicas.Select(replica => replica.Address.Api))}.";
            return chosen;
        }

        if (profile is null && await DetectAsync(cancellationToken) is { } found)
        {
            Reason += $" Found {found.Profile.DisplayName} at {found.BaseUrl}. Set BACKEND_KIND={found.Profile.Id} to keep to it.";
            return new Backend(backend with { Name = found.Profile.Id, Kind = found.Profile.Id, Replicas = [new ReplicaSettings(found.BaseUrl)] }, found.Profile, clock);
        }

        return await StartDemoAsync(backend, searched: profile is null, cancellationToken);
    }

    private async Task<DetectedEngine?> DetectAsync(CancellationToken cancellationToken)
    {
        using var client = UpstreamClient.Create(TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(1));
        return await new EngineDetector(EngineCatalog.All, client, clock, ownPort: settings.Port).FindAsync(cancellationToken);
    }

    private async Task<Backend> StartDemoAsync(BackendSettings backend, bool searched, CancellationToken cancellationToken)
    {
        Demo ??= await DemoEngine.StartAsync(clock, cancellationToken);
        Reason += (searched ? " No engine was found on this host, so the" : " The")
            + " built-in demo answers. It is no model. Set BACKEND_KIND and BACKEND_BASE_URL to use a real engine.";
        var profile = EngineCatalog.All.First(profile => profile.Demonstration);
        return new Backend(backend with { Name = profile.Id, Kind = profile.Id, Replicas = [new ReplicaSettings(Demo.BaseUrl)] }, profile, clock);
    }
}
