using Gateway.Management.Docker;
using Gateway.Management.Galleries;
using Gateway.Management.Lifecycle;

namespace Gateway.Management.Operations;

/// <summary>An engine on a node that runs something else than the engine of the same name on others.</summary>
public sealed record NodeDrift(string Node, string Version, string Digest);

/// <summary>A newer version of an installed engine.</summary>
public sealed record UpgradeInfo(string Backend, string InstalledVersion, string AvailableVersion, string? InstalledDigest, string? AvailableDigest, IReadOnlyList<NodeDrift> Drift);

/// <summary>What was found last.</summary>
/// <param name="Upgrades">By the engine's name.</param>
/// <param name="Faults">By the engine's name: why it could not be checked.</param>
/// <param name="CheckedAt">When; null: not yet.</param>
public sealed record UpgradeReport(IReadOnlyDictionary<string, UpgradeInfo> Upgrades, IReadOnlyDictionary<string, string> Faults, DateTimeOffset? CheckedAt);

/// <summary>Compares what is installed with what the galleries and the registries have, every few hours and when asked.</summary>
public sealed partial class UpgradeCheck(IEngineLifecycle lifecycle, GalleryLibrary galleries, TimeProvider clock, ILogger<UpgradeCheck> logger) : IDisposable
{
    public static readonly TimeSpan Interval = TimeSpan.FromHours(6);

    private readonly SemaphoreSlim _turn = new(1);

    public UpgradeReport Last { get; private set; } = new(new Dictionary<string, UpgradeInfo>(), new Dictionary<string, string>(), null);

    /// <summary>Checks now. Never throws but for cancellation.</summary>
    public async Task<UpgradeReport> RunAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            galleries.Expire();
            var catalog = await galleries.CatalogAsync(cancellationToken);
            var upgrades = new Dictionary<string, UpgradeInfo>();
            var faults = new Dictionary<string, string>();
            foreach (var group in (await lifecycle.ListAsync(cancellationToken)).GroupBy(engine => engine.Key.Name))
            {
                try
                {
                    if (await CheckAsync([.. group], catalog, cancellationToken) is { } found)
                    {
                        upgrades[group.Key] = found;
                    }
                }
                catch (LifecycleException e)
                {
                    faults[group.Key] = e.Message;
                    Log.NotChecked(logger, group.Key, e.Message);
                }
            }

            return Last = new UpgradeReport(upgrades, faults, clock.GetUtcNow());
        }
        catch (LifecycleException e)
        {
            Log.NotChecked(logger, "all", e.Message);
            return Last;
        }
#pragma warning disable CA1031 // It runs without a caller that waits for it: what is not logged here is never seen.
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
#pragma warning restore CA1031
        {
            Log.Defect(logger, e);
            return Last;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Forgets what was found of an engine that has changed since.</summary>
    public void Forget(string name) => Last = Last with { Upgrades = Last.Upgrades.Where(entry => entry.Key != name).ToDictionary() };

    public void Dispose() => _turn.Dispose();

    private async Task<UpgradeInfo?> CheckAsync(InstalledEngine[] engines, GalleryCatalog catalog, CancellationToken cancellationToken)
    {
        var drift = Drift(engines);
        foreach (var engine in engines)
        {
            var target = UpgradeTarget.Of(engine, catalog);
            var digest = target.Digest ?? await lifecycle.RegistryDigestAsync(engine.Key.Node, target.Image, cancellationToken);
            if (digest != engine.Digest || drift.Count > 0)
            {
                return new UpgradeInfo(engine.Key.Name, EngineMetadata.VersionOf(engine), target.Version ?? ImageReference.Parse(target.Image)?.Tag ?? "", engine.Digest, digest, drift);
            }
        }

        return null;
    }

    // Nodes of one kind of hardware have one image; what differs from most of them has drifted.
    private static List<NodeDrift> Drift(InstalledEngine[] engines) =>
    [
        .. from alike in engines.GroupBy(engine => engine.Accelerator)
           let most = alike.GroupBy(engine => engine.Digest).MaxBy(same => same.Count())!.Key
           from engine in alike
           where engine.Digest != most
           select new NodeDrift(engine.Key.Node, EngineMetadata.VersionOf(engine), engine.Digest),
    ];

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "The check for a newer {Engine} failed: {Reason}")]
        public static partial void NotChecked(ILogger logger, string engine, string reason);

        [LoggerMessage(2, LogLevel.Error, "The check for newer versions of engines failed because of a defect in the gateway.")]
        public static partial void Defect(ILogger logger, Exception exception);
    }
}
