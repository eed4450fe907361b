namespace Gateway.Management.Lifecycle;

/// <summary>
/// Installs, upgrades and removes engines in containers, on this machine and on others. Whatever fails, and wherever the
/// process ends, what served before serves again. Operations on one engine never overlap: the second is refused as
/// <see cref="LifecycleReason.Busy"/>. Every failure is a <see cref="LifecycleException"/>. Progress is reported on the
/// thread of the operation, in order.
/// </summary>
public interface IEngineLifecycle
{
    /// <summary>The nodes, the gateway's own machine first.</summary>
    IReadOnlyList<EngineNode> Nodes { get; }

    /// <summary>Asks a node's Docker Engine what it is.</summary>
    /// <exception cref="LifecycleException">There is no such node.</exception>
    Task<NodeReport> ReportAsync(string node, CancellationToken cancellationToken);

    /// <summary>Every installed engine of every node; those of a node that is away are listed as unreachable.</summary>
    Task<IReadOnlyList<InstalledEngine>> ListAsync(CancellationToken cancellationToken);

    /// <summary>Pulls, creates, starts, waits until it is ready, and routes to it. After a failure nothing of it is left.</summary>
    Task<InstalledEngine> InstallAsync(string node, EngineRequest request, IProgress<LifecycleProgress> progress, CancellationToken cancellationToken);

    /// <summary>Installs it as one that is stopped: nothing is pulled before it is started.</summary>
    Task<InstalledEngine> PrepareAsync(string node, EngineRequest request, CancellationToken cancellationToken);

    /// <summary>Pulls the image of an installed engine if it is not on its node, and changes nothing else.</summary>
    Task<InstalledEngine> FetchAsync(EngineKey engine, IProgress<LifecycleProgress> progress, CancellationToken cancellationToken);

    /// <summary>Takes it out of routing, lets its requests finish, stops and removes it.</summary>
    Task DeleteAsync(EngineKey engine, IProgress<LifecycleProgress> progress, CancellationToken cancellationToken);

    /// <summary>Starts one that was stopped, pulling its image where that is gone, and waits until it is ready.</summary>
    Task<InstalledEngine> StartAsync(EngineKey engine, IProgress<LifecycleProgress> progress, CancellationToken cancellationToken);

    /// <summary>Lets its requests finish and stops it; it stays installed, and stopped also over a restart of the gateway.</summary>
    Task<InstalledEngine> StopAsync(EngineKey engine, IProgress<LifecycleProgress> progress, CancellationToken cancellationToken);

    /// <summary>Replaces the engine by another image; requests go on all the while. After a failure the old image serves.</summary>
    /// <param name="engine">Which.</param>
    /// <param name="change">What changes: image, digest, model, options and metadata, by this function of what is there now.</param>
    /// <param name="progress">Told how it goes.</param>
    /// <param name="cancellationToken">Gives it up, and what was there before comes back.</param>
    Task<InstalledEngine> UpgradeAsync(EngineKey engine, Func<EngineRequest, EngineRequest> change, IProgress<LifecycleProgress> progress, CancellationToken cancellationToken);

    /// <summary>Replaces the engine by the version before the last upgrade, whose image is still there.</summary>
    Task<InstalledEngine> RollBackAsync(EngineKey engine, IProgress<LifecycleProgress> progress, CancellationToken cancellationToken);

    /// <summary>The container's log, line by line as the engine wrote it.</summary>
    /// <param name="engine">Which.</param>
    /// <param name="tail">So many of the last lines.</param>
    /// <param name="follow">Goes on with what is written from now on, until it is given up or the container ends.</param>
    /// <param name="cancellationToken">Gives it up.</param>
    IAsyncEnumerable<string> LogsAsync(EngineKey engine, int tail, bool follow, CancellationToken cancellationToken);

    /// <summary>The digest that an image has in its registry now, asked through the node's Docker Engine. Nothing is pulled.</summary>
    Task<string> RegistryDigestAsync(string node, string image, CancellationToken cancellationToken);

    /// <summary>At the gateway's start: brings what was under way when it ended to the old or to the new state, serving.</summary>
    Task RecoverAsync(CancellationToken cancellationToken);
}
