using Gateway.Core.Configuration;
using Gateway.Engines;
using Gateway.Hosting;
using Gateway.Proxy.Backends;

namespace Gateway.Reload;

/// <summary>
/// Decides what is behind the gateway: the engine that is named, one that is found here, or the demo. A backend that is the same
/// as before stays the very same; one that has changed takes over what it has in common with the one before.
/// </summary>
internal sealed class BackendChooser(GatewaySettings settings, IReadOnlyList<Backend> before, SharedDemo demo, TimeProvider clock)
{
    /// <summary>The built-in engine is used; whoever asked gives it back.</summary>
    public bool RentsDemo { get; private set; }

    /// <summary>What was chosen, for the log. Sentences, each after a space.</summary>
    public string Reason { get; private set; } = "";

    public async Task<BackendTable> ChooseAsync(CancellationToken cancellationToken)
    {
        var chosen = new List<Backend>();
        try
        {
            foreach (var backend in settings.Backends)
            {
                if (await ChooseAsync(backend, cancellationToken) is { } one)
                {
                    chosen.Add(one);
                }
            }

            return new BackendTable(chosen);
        }
        catch
        {
            chosen.ForEach(static backend => backend.Dispose());
            await ReturnDemoAsync();
            throw;
        }
    }

    public ValueTask ReturnDemoAsync() => RentsDemo ? demo.ReturnAsync() : ValueTask.CompletedTask;

    private async Task<Backend?> ChooseAsync(BackendSettings backend, CancellationToken cancellationToken)
    {
        var profile = EngineCatalog.Find(backend.Kind);
        if (profile is { Demonstration: false })
        {
            var chosen = Make(backend, profile);
            Reason += $" {chosen.Name} is {profile.DisplayName} at {string.Join(", ", chosen.Replicas.Select(replica => replica.Address.Api))}.";
            return chosen;
        }

        if (profile is null && await DetectAsync(cancellationToken) is { } found)
        {
            Reason += $" Found {found.Profile.DisplayName} at {found.BaseUrl}. Set BACKEND_KIND={found.Profile.Id} to keep using it.";
            return Make(backend with { Name = found.Profile.Id, Kind = found.Profile.Id, Replicas = [new ReplicaSettings(found.BaseUrl)] }, found.Profile);
        }

        // Where other engines are, nobody needs one that only repeats what it is told.
        return profile is null && settings.Backends.Count > 1 ? null : await UseDemoAsync(backend, searched: profile is null, cancellationToken);
    }

    private async Task<DetectedEngine?> DetectAsync(CancellationToken cancellationToken)
    {
        using var client = UpstreamClient.Create(TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(1));
        return await new EngineDetector(EngineCatalog.All, client, clock, ownPort: settings.Port).FindAsync(cancellationToken);
    }

    private async Task<Backend> UseDemoAsync(BackendSettings backend, bool searched, CancellationToken cancellationToken)
    {
        var url = await demo.RentAsync(cancellationToken);
        if (RentsDemo)
        {
            await demo.ReturnAsync();
        }

        RentsDemo = true;
        Reason += (searched ? " No engine was found on this host, so the" : " The")
            + " built-in demo answers. It is not a real model. Set BACKEND_KIND and BACKEND_BASE_URL to use a real engine.";
        var profile = EngineCatalog.All.First(profile => profile.Demonstration);
        return Make(backend with { Name = profile.Id, Kind = profile.Id, Replicas = [new ReplicaSettings(url)] }, profile);
    }

    private Backend Make(BackendSettings wanted, EngineProfile profile)
    {
        var same = before.FirstOrDefault(backend => backend.Name == wanted.Name);
        return same is not null && same.Profile == profile && same.Settings.SameAs(wanted) ? same.AddReference() : new Backend(wanted, profile, clock, same);
    }
}
