using Gateway.Engines;
using Gateway.Management.Docker;

namespace Gateway.Management.Lifecycle;

/// <summary>The steps that operations are made of. Each can be done again after a crash.</summary>
internal sealed class EngineSteps(EngineJournal journal, IEngineRoutes routes, PlaceFinder places, ReadyGate gate) : IDisposable
{
    private readonly SemaphoreSlim _publishing = new(1);

    public IEngineRoutes Routes { get; } = routes;

    public EngineJournal Journal { get; } = journal;

    /// <summary>Pulls the image of an installed version where it is not on the node any more, or not yet.</summary>
    public static async Task FetchAsync(EngineHost host, EngineVersion version, OperationReport report, CancellationToken cancellationToken)
    {
        if (await host.Docker.FindImageAsync(version.Image, cancellationToken) is not null)
        {
            return;
        }

        var image = ImageReference.Parse(version.Image) is { Digest: not null } exact
            ? exact
            : throw new LifecycleException(LifecycleReason.ImageNotFound, $"The image {version.Reference} was made on {host.Node.Name} and is gone from there: no registry has it. Install it anew.");
        await ImageResolver.CheckRoomAsync(host, null, cancellationToken);
        await ImageResolver.PullAsync(host, new ResolvedImage(image, version.Digest, version.Image, image), report, cancellationToken);
    }

    /// <summary>
    /// Removes an image that no installed version has any more, so that upgrades do not fill the disk. It stays where a container of
    /// somebody else is made from it or a tag names it, and where no registry has it.
    /// </summary>
    /// <returns>Why it is still there; null: it is gone, or was not ours to remove.</returns>
    public async Task<string?> SweepAsync(EngineHost host, EngineVersion? superseded)
    {
        if (superseded?.Image.Contains('@', StringComparison.Ordinal) != true
            || Journal.All.Any(record => record.Key.Node == host.Node.Id && record.Versions.Any(version => version.Image == superseded.Image)))
        {
            return null;
        }

        try
        {
            await host.Docker.RemoveImageAsync(superseded.Image, CancellationToken.None);
            return null;
        }
        catch (DockerException e)
        {
            return e.Message;
        }
    }

    public async Task CreateAsync(EngineHost host, EngineKey key, EngineVersion version, CancellationToken cancellationToken)
    {
        var engine = EngineCatalog.Find(version.Request.Kind)!;
        var place = await places.FindAsync(host, cancellationToken);
        var create = ContainerPlan.Build(engine, version, place, EngineLabels.Of(Journal.Owner, key, engine.Id));
        var id = await host.CreateAsync(create, cancellationToken);
        if (place.Egress is { } egress && engine.Deployment.Container!.Volumes.Any(volume => !volume.ReadOnly))
        {
            await host.Docker.ConnectNetworkAsync(egress, id, cancellationToken);
        }
    }

    public static async Task StartAsync(EngineHost host, EngineVersion version, CancellationToken cancellationToken)
    {
        try
        {
            await host.StartAsync(version.Container, cancellationToken);
        }
        catch (DockerException e) when (e.Message.Contains("port is already allocated", StringComparison.Ordinal) || e.Message.Contains("address already in use", StringComparison.Ordinal))
        {
            throw new LifecycleException(LifecycleReason.NoRoom, $"Port {version.Slot.Port} of {host.Node.Name} was taken by somebody else meanwhile. Try again.", e);
        }
        catch (DockerException e) when (e.Message.Contains("could not select device driver", StringComparison.Ordinal) || e.Message.Contains("no such file or directory", StringComparison.Ordinal) && e.Message.Contains("device", StringComparison.Ordinal))
        {
            throw new LifecycleException(LifecycleReason.NoRoom, $"{host.Node.Name} has no device for {version.Request.Accelerator.ToString().ToLowerInvariant()}: {e.Message}", e);
        }
    }

    /// <summary>Waits until it is ready, and lets Docker bring it back from then on.</summary>
    public async Task WaitReadyAsync(EngineHost host, EngineVersion version, OperationReport report, CancellationToken cancellationToken)
    {
        var engine = EngineCatalog.Find(version.Request.Kind)!;
        var expected = TimeSpan.FromSeconds(engine.Deployment.Container!.StartPeriodSeconds);
        await gate.WaitAsync(
            host,
            engine,
            version,
            (state, waited) => report.Tell(LifecyclePhase.Loading, FormattableString.Invariant($"{engine.DisplayName} is not ready yet: {Gateway.Proxy.Health.HealthEndpoints.Word(state)} for {waited.TotalSeconds:0} s."), waited / expected),
            cancellationToken);
        await host.KeepAsync(version.Container, cancellationToken);
    }

    /// <summary>Makes the container run, and makes it anew where it is gone. It need not be ready.</summary>
    public async Task EnsureRunsAsync(EngineHost host, EngineKey key, EngineVersion version, CancellationToken cancellationToken)
    {
        var found = await host.FindAsync(version.Container, cancellationToken);
        if (found is null)
        {
            await CreateAsync(host, key, version, cancellationToken);
        }

        if (found is not { State.Running: true })
        {
            await StartAsync(host, version, cancellationToken);
        }

        await host.KeepAsync(version.Container, cancellationToken);
    }

    /// <summary>Routes to what the journal says, and for a while to one more version of one engine.</summary>
    public async Task PublishAsync(EngineVersion? besides, CancellationToken cancellationToken)
    {
        await _publishing.WaitAsync(cancellationToken);
        try
        {
            var serving = Journal.All.Where(record => record.Serves(IsOnDemand(record.Key.Name))).Select(record => record.Current!).Concat(besides is null ? [] : [besides]);
            await Routes.SetAsync([.. serving.GroupBy(version => version.Request.Name).Select(Route)], cancellationToken);
        }
        finally
        {
            _publishing.Release();
        }
    }

    public bool IsOnDemand(string name) => Routes.OnDemand.Engines.Any(engine => engine.Name == name);

    public void Dispose() => _publishing.Dispose();

    private static RoutedEngine Route(IGrouping<string, EngineVersion> versions)
    {
        var first = versions.First();
        return new RoutedEngine(versions.Key, first.Request.Kind, [.. versions.Select(version => version.Slot.Address).Distinct()], first.ApiKey);
    }
}
