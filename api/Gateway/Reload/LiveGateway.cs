using Gateway.Core.Configuration;
using Gateway.Hosting;
using Gateway.Proxy.Backends;
using Gateway.Proxy.Health;
using Gateway.Proxy.Pipeline;

namespace Gateway.Reload;

/// <summary>
/// Answers by the settings that are in force, and takes new ones while it runs: requests that have begun end by the settings
/// they began with, all others go by the new ones, and none is lost in between. Besides the settings there may be backends that
/// other parts of the gateway add, such as engines that it has installed itself.
/// </summary>
internal sealed partial class LiveGateway(
    GatewaySettings settings, CurrentSnapshot snapshot, SnapshotFactory snapshots, StateOwners owners, SharedDemo demo, ReloadHistory history, ILoggerFactory loggers, TimeProvider clock)
    : IHostedService, IAsyncDisposable
{
    private static readonly TimeSpan FirstLook = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(20);

    private readonly SemaphoreSlim _turn = new(1);
    private readonly ILogger _logger = loggers.CreateLogger("gateway");
    private readonly SortedDictionary<string, IReadOnlyList<BackendSettings>> _added = new(StringComparer.Ordinal);
    private GatewaySettings _settings = settings;
    private BackendChooser? _chooser;

    /// <summary>The variables that the settings in force were read from.</summary>
    public IReadOnlyDictionary<string, string> Variables
    {
        get => snapshot.Variables;
        set => snapshot.Variables = value;
    }

    /// <summary>What is in force; null before the start and after the end.</summary>
    public GatewaySnapshot? Current => snapshot.Value;

    public ReloadHistory History => history;

    /// <summary>What backends go by that nobody has written down.</summary>
    public BackendSettings BackendDefaults => _settings.BackendDefaults;

    public OnDemandSettings OnDemand => _settings.OnDemand;

    /// <summary>How long a request waits for an engine that loads.</summary>
    public TimeSpan LoadingWait => _settings.LoadingWait;

    /// <summary>Chooses the engines of the start.</summary>
    public async Task PrepareAsync(CancellationToken cancellationToken)
    {
        var (first, chooser) = await MakeAsync(Together(_settings), [], cancellationToken);
        (snapshot.Value, _chooser) = (first, chooser);
        owners.Follow(first.Backends);
        history.Started();
        Log.Starting(_logger, Lifecycle.Version, chooser.Reason);
    }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        owners.Health.Follow(snapshot.Value!.Backends.All);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Takes new settings, if nothing is wrong with them. What the table of settings marks with a restart stays as it was at the start, and is named.</summary>
    /// <param name="variables">What they are read from.</param>
    /// <param name="trigger">Why now, in a word or two for the history.</param>
    /// <param name="cancellationToken">Given up; the old ones then stay.</param>
    /// <returns>What is wrong with them; the old ones then stay.</returns>
    public async Task<IReadOnlyList<string>> ReloadAsync(IReadOnlyDictionary<string, string> variables, string trigger, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            var (wanted, faults) = SettingsReader.Read(variables);
            faults = wanted is null ? faults : Clashes(wanted);
            if (wanted is null || faults.Count > 0)
            {
                Refuse(trigger, faults);
                return faults;
            }

            await SwapAsync(wanted, trigger, SettingsChanges.Waiting(snapshot.Start, variables), cancellationToken);
            Variables = variables;
            return [];
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Sets the backends that a part of the gateway adds to those of the settings, in place of what it added before.</summary>
    /// <param name="source">Which part: its name for the history.</param>
    /// <param name="backends">All backends that it adds now; their names must be their own.</param>
    /// <param name="cancellationToken">Given up; what it added before then stays.</param>
    /// <returns>What is wrong with them; what it added before then stays.</returns>
    public async Task<IReadOnlyList<string>> SetBackendsAsync(string source, IReadOnlyList<BackendSettings> backends, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        var before = _added.GetValueOrDefault(source, []);
        try
        {
            _added[source] = backends;
            if (Clashes(_settings) is { Count: > 0 } faults)
            {
                _added[source] = before;
                Refuse(source, faults);
                return faults;
            }

            // Before the start, the start takes them.
            if (snapshot.Value is not null)
            {
                await SwapAsync(_settings, source, [], cancellationToken);
            }

            return [];
        }
        catch
        {
            _added[source] = before;
            throw;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>New settings could not even be read.</summary>
    public void Refuse(string trigger, IReadOnlyList<string> faults)
    {
        owners.Metrics.Reloaded(taken: false);
        history.Refused(trigger, faults);
        Log.Refused(_logger, trigger, string.Join(' ', faults));
    }

    /// <summary>New settings are taken, and perhaps not as meant.</summary>
    public void Warn(string warning) => Log.Warned(_logger, warning);

    // It is registered under two types, and the container disposes of it under both.
    public async ValueTask DisposeAsync()
    {
        var last = snapshot.Value;
        snapshot.Value = null;
        if (last is not null)
        {
            last.Dispose();
            await _chooser!.ReturnDemoAsync();
        }
    }

    private GatewaySettings Together(GatewaySettings wanted) =>
        _added.Values.All(added => added.Count == 0) ? wanted : wanted with { Backends = [.. wanted.Backends, .. _added.Values.SelectMany(added => added)] };

    // Names go into headers and metrics, where case is easily lost.
    private IReadOnlyList<string> Clashes(GatewaySettings wanted) =>
    [
        .. Together(wanted).Backends.GroupBy(backend => backend.Name, StringComparer.OrdinalIgnoreCase).Where(group => group.Count() > 1)
            .Select(group => $"{group.Key} is the name of two backends, one from the settings and one added while the gateway was running: rename or remove one of them."),
    ];

    private async Task SwapAsync(GatewaySettings wanted, string trigger, IReadOnlyList<string> waiting, CancellationToken cancellationToken)
    {
        var (old, oldChooser) = (snapshot.Value!, _chooser!);
        var (next, chooser) = await MakeAsync(Together(wanted), old.Backends.All, cancellationToken);
        try
        {
            owners.Health.Follow(next.Backends.All);
            await LookAroundAsync(next, cancellationToken);
        }
        catch
        {
            owners.Health.Follow(old.Backends.All);
            owners.Health.Keep(old.Backends.All);
            next.Dispose();
            await chooser.ReturnDemoAsync();
            throw;
        }

        owners.Follow(next.Backends);
        (snapshot.Value, _chooser, _settings) = (next, chooser, wanted);
        foreach (var backend in next.Backends.All.Where(backend => !old.Backends.All.Contains(backend)))
        {
            // Other settings may show other models, though no replica has changed its state.
            _ = owners.Defects.WatchAsync("model_lists", owners.Models.RefreshAsync(backend, CancellationToken.None));
        }

        var changes = SettingsChanges.Between(old.Settings, next.Settings, waiting);
        owners.Metrics.Reloaded(taken: true);
        history.Taken(trigger, changes);
        Log.Taken(_logger, trigger, changes.Count == 0 ? "nothing" : string.Join(", ", changes), chooser.Reason);
        _ = owners.Defects.WatchAsync("replaced_settings", EndAsync(old, oldChooser));
    }

    private async Task<(GatewaySnapshot Snapshot, BackendChooser Chooser)> MakeAsync(GatewaySettings wanted, IReadOnlyList<Backend> before, CancellationToken cancellationToken)
    {
        var chooser = new BackendChooser(wanted, before, demo, clock);
        return (snapshots.Create(wanted, await chooser.ChooseAsync(cancellationToken)), chooser);
    }

    // Returns when every engine has been asked for its state and its models once, or after a few seconds: until then neither says anything.
    private async Task LookAroundAsync(GatewaySnapshot next, CancellationToken cancellationToken)
    {
        var start = clock.GetTimestamp();
        while (next.Backends.All.Any(static backend => backend.ListIsDue || backend.Replicas.Any(static replica => !replica.Seen)) && clock.GetElapsedTime(start) < FirstLook)
        {
            await Task.Delay(Glance, clock, cancellationToken);
        }
    }

    private async Task EndAsync(GatewaySnapshot old, BackendChooser chooser)
    {
        using (owners.Lifecycle.Retire())
        {
            await old.RetireAsync();
        }

        old.Dispose();
        await chooser.ReturnDemoAsync();
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "gateway {Version}.{Engines}")]
        public static partial void Starting(ILogger logger, string version, string engines);

        [LoggerMessage(2, LogLevel.Information, "New settings are in force ({Trigger}); changed: {Changes}.{Engines}")]
        public static partial void Taken(ILogger logger, string trigger, string changes, string engines);

        [LoggerMessage(4, LogLevel.Warning, "{Warning}")]
        public static partial void Warned(ILogger logger, string warning);

        [LoggerMessage(3, LogLevel.Error, "New settings are refused ({Trigger}); the previous ones stay in force. {Faults}")]
        public static partial void Refused(ILogger logger, string trigger, string faults);
    }
}
