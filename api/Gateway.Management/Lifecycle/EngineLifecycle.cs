using System.Runtime.CompilerServices;
using Gateway.Management.Docker;
using Gateway.Proxy.Health;

namespace Gateway.Management.Lifecycle;

/// <summary>The operations on engines, one at a time for each engine.</summary>
public sealed partial class EngineLifecycle : IEngineLifecycle, IAsyncDisposable
{
    private readonly Dictionary<string, EngineHost> _hosts;
    private readonly EngineTurns _turns;
    private readonly CancellationTokenSource _end = new();
    private readonly EngineSteps _steps;
    private readonly InstallRun _installs;
    private readonly UpgradeRun _upgrades;
    private readonly StopRun _stops;
    private readonly Recovery _recovery;
    private readonly EngineListing _listing;
    private Task _recovering = Task.CompletedTask;

    /// <param name="options">What it goes by.</param>
    /// <param name="routes">The running gateway.</param>
    /// <param name="prober">Asks engines for their state.</param>
    /// <param name="clock">Measures.</param>
    /// <param name="logger">Told what nobody waits for.</param>
    /// <exception cref="LifecycleException">A node's address or certificates are wrong.</exception>
    /// <exception cref="IOException">The data folder cannot be used.</exception>
    public EngineLifecycle(LifecycleOptions options, IEngineRoutes routes, EngineProber prober, TimeProvider clock, ILogger<EngineLifecycle> logger)
    {
        (_turns, Nodes) = (new EngineTurns(logger), options.Nodes);
        var journal = new EngineJournal(options.DataFolder);
        _hosts = options.Nodes.ToDictionary(node => node.Id, node => Connect(node, options, journal.Owner, clock));
        var places = new PlaceFinder(journal.Owner, options.DataFolder, options.InContainer);
        var plan = new VersionPlan(journal, places, clock);
        _steps = new EngineSteps(journal, routes, places, new ReadyGate(prober, clock, options.ReadyLimit));
        _installs = new InstallRun(_steps, plan, logger);
        _upgrades = new UpgradeRun(_steps, plan, options, logger);
        _stops = new StopRun(_steps, options);
        _recovery = new Recovery(_steps, _stops, _hosts, _turns, clock, logger);
        _listing = new EngineListing(journal, routes, _hosts);
        foreach (var fault in journal.Faults)
        {
            Log.BadRecord(logger, fault);
        }
    }

    public IReadOnlyList<EngineNode> Nodes { get; }

    public Task<NodeReport> ReportAsync(string node, CancellationToken cancellationToken) =>
        EngineListing.ReportAsync(HostOf(node), cancellationToken);

    public Task<IReadOnlyList<InstalledEngine>> ListAsync(CancellationToken cancellationToken) => _listing.ListAsync(cancellationToken);

    public Task<InstalledEngine> InstallAsync(string node, EngineRequest request, IProgress<LifecycleProgress> progress, CancellationToken cancellationToken) =>
        AloneAsync(new EngineKey(node, request.Name), async host => await ShowAsync(await _installs.RunAsync(host, request, new OperationReport(progress), cancellationToken)));

    public Task<InstalledEngine> PrepareAsync(string node, EngineRequest request, CancellationToken cancellationToken) =>
        AloneAsync(new EngineKey(node, request.Name), async host => await ShowAsync(await _installs.PrepareAsync(host, request, cancellationToken)));

    public Task<InstalledEngine> FetchAsync(EngineKey engine, IProgress<LifecycleProgress> progress, CancellationToken cancellationToken) => AloneAsync(engine, async host =>
    {
        var record = WholeRecordOf(engine);
        await EngineSteps.FetchAsync(host, record.Current!, new OperationReport(progress), cancellationToken);
        return await ShowAsync(record);
    });

    /// <summary>The image of an installed engine is on its node.</summary>
    /// <exception cref="LifecycleException">The node does not answer.</exception>
    public async Task<bool> IsFetchedAsync(EngineRecord record, CancellationToken cancellationToken) =>
        await TellAsync(HostOf(record.Key.Node).Docker.FindImageAsync(record.Current!.Image, cancellationToken)) is not null;

    public Task DeleteAsync(EngineKey engine, IProgress<LifecycleProgress> progress, CancellationToken cancellationToken) => AloneAsync(engine, async host =>
    {
        await _stops.DeleteAsync(host, RecordOf(engine), new OperationReport(progress), cancellationToken);
        return true;
    });

    public Task<InstalledEngine> StartAsync(EngineKey engine, IProgress<LifecycleProgress> progress, CancellationToken cancellationToken) =>
        AloneAsync(engine, async host => await ShowAsync(await _stops.StartAsync(host, WholeRecordOf(engine), new OperationReport(progress), cancellationToken)));

    public Task<InstalledEngine> StopAsync(EngineKey engine, IProgress<LifecycleProgress> progress, CancellationToken cancellationToken) =>
        AloneAsync(engine, async host => await ShowAsync(await _stops.StopAsync(host, WholeRecordOf(engine), new OperationReport(progress), cancellationToken)));

    public Task<InstalledEngine> UpgradeAsync(EngineKey engine, Func<EngineRequest, EngineRequest> change, IProgress<LifecycleProgress> progress, CancellationToken cancellationToken) => AloneAsync(engine, async host =>
    {
        var record = WholeRecordOf(engine);
        return await ShowAsync(await _upgrades.RunAsync(host, record, change(record.Current!.Request), new OperationReport(progress), cancellationToken));
    });

    public Task<InstalledEngine> RollBackAsync(EngineKey engine, IProgress<LifecycleProgress> progress, CancellationToken cancellationToken) => AloneAsync(engine, async host =>
    {
        var record = WholeRecordOf(engine);
        var previous = record.Previous ?? throw new LifecycleException(LifecycleReason.NothingBefore, $"{engine.Name} has no version before this one.");
        // The tag may mean another image by now: what served before is named by its digest.
        var request = previous.Request with { Image = previous.Image.StartsWith("sha256:", StringComparison.Ordinal) ? previous.Reference : previous.Image, Digest = null };
        return await ShowAsync(await _upgrades.RunAsync(host, record, request, new OperationReport(progress), cancellationToken));
    });

    public async IAsyncEnumerable<string> LogsAsync(EngineKey engine, int tail, bool follow, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var record = RecordOf(engine);
        var version = record.Current ?? record.Operation?.Other ?? throw new LifecycleException(LifecycleReason.NotFound, $"{engine.Name} has no container yet.");
        var lines = HostOf(engine.Node).LogsAsync(version.Container, tail, follow, cancellationToken).GetAsyncEnumerator(cancellationToken);
        await using (lines)
        {
            while (await TellAsync(lines.MoveNextAsync().AsTask()))
            {
                yield return EngineSecrets.Without(version, lines.Current);
            }
        }
    }

    public Task<string> RegistryDigestAsync(string node, string image, CancellationToken cancellationToken) =>
        TellAsync(HostOf(node).Docker.DigestAsync(ImageReference.Parse(image) ?? throw new LifecycleException(LifecycleReason.Invalid, $"{image} is no name of an image."), cancellationToken));

    /// <summary>What is installed, without a look at the nodes.</summary>
    public IEnumerable<EngineRecord> Records => _steps.Journal.All;

    /// <summary>Routes to what the journal says is installed, before anything is looked at.</summary>
    public Task RouteAsync(CancellationToken cancellationToken) => _steps.PublishAsync(null, cancellationToken);

    public async Task RecoverAsync(CancellationToken cancellationToken)
    {
        await _recovery.RunAsync(_ => true, cancellationToken);
        await _steps.PublishAsync(null, cancellationToken);
        if (_recovering.IsCompleted)
        {
            _recovering = _recovery.RepeatAsync(_end.Token);
        }
    }

    // It is registered under two types, and the container disposes of it under both.
    public async ValueTask DisposeAsync()
    {
        if (_end.IsCancellationRequested)
        {
            return;
        }

        await _end.CancelAsync();
        await _recovering.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        foreach (var host in _hosts.Values)
        {
            host.Dispose();
        }

        _steps.Dispose();
    }

    private static EngineHost Connect(EngineNode node, LifecycleOptions options, string owner, TimeProvider clock)
    {
        var (address, fault) = DockerAddress.Parse(node.DockerHost, options.Certificates);
        return address is null
            ? throw new LifecycleException(LifecycleReason.Invalid, $"{node.Name}: {fault}")
            : new EngineHost(node, new DockerHost(address, new RegistryLogins(options.RegistryAuthFile), clock), owner);
    }

    private static async Task<T> TellAsync<T>(Task<T> call)
    {
        try
        {
            return await call;
        }
        catch (DockerException e)
        {
            throw LifecycleErrors.Of(e);
        }
    }

    private Task<T> AloneAsync<T>(EngineKey key, Func<EngineHost, Task<T>> operation)
    {
        var host = HostOf(key.Node);
        return _turns.AloneAsync(key, () => operation(host));
    }

    private EngineHost HostOf(string node) => _hosts.TryGetValue(node, out var host)
        ? host
        : throw new LifecycleException(LifecycleReason.UnknownNode, $"There is no node {node}: there are {string.Join(", ", _hosts.Keys)}.");

    private EngineRecord RecordOf(EngineKey engine) => _steps.Journal.Find(engine)
        ?? throw new LifecycleException(LifecycleReason.NotFound, $"{engine.Name} is not installed on {engine.Node}.");

    private EngineRecord WholeRecordOf(EngineKey engine) => RecordOf(engine) switch
    {
        { Operation: not null } => throw new LifecycleException(LifecycleReason.Busy, $"{engine.Name} is still being brought back to order after a failure. Wait until its node answers again."),
        { Current: null } => throw new LifecycleException(LifecycleReason.NotFound, $"{engine.Name} is not installed yet."),
        var record => record,
    };

    private Task<InstalledEngine> ShowAsync(EngineRecord record) => _listing.ShowAsync(record, CancellationToken.None);

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "{Fault}")]
        public static partial void BadRecord(ILogger logger, string fault);
    }
}
