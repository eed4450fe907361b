using Gateway.Hosting;
using Gateway.Proxy.Telemetry;

namespace Gateway.Reload;

/// <summary>
/// Takes new settings when their files change or when it is told to. A change is waited out: editors and tools write a file in
/// several steps, and half a file is no settings.
/// </summary>
internal sealed class SettingsWatcher(LiveGateway gateway, SettingsOrigin origin, TimeProvider clock, Defects? defects = null)
    : SteadyService("settings_watcher", defects, clock)
{
    private const int MostGlances = 20;
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(200);

    private readonly SemaphoreSlim _turn = new(1);
    private string _seen = "";

    private SettingsFiles Files => SettingsFiles.Of(gateway.Variables, origin.EnvFile);

    /// <summary>The files with this mark have been read, by the start.</summary>
    public void See(string mark) => _seen = mark;

    /// <summary>Reads the settings once more and takes them, if nothing is wrong with them.</summary>
    /// <param name="trigger">Why now, for the history.</param>
    /// <param name="cancellationToken">The gateway ends.</param>
    public async Task ReloadAsync(string trigger, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            See(Files.Mark());
            await TakeAsync(trigger, cancellationToken);
        }
        finally
        {
            _turn.Release();
        }
    }

    protected override async Task RunAsync(CancellationToken stoppingToken)
    {
        using var folders = new FolderWatch();
        while (!stoppingToken.IsCancellationRequested)
        {
            var files = Files;
            folders.Follow(files.Folders);
            var changed = folders.Changed;
            var looked = Clock.GetTimestamp();
            if (files.Mark() == _seen)
            {
                await changed.WaitAsync(Look, Clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                await SpaceAsync(looked, stoppingToken);
                continue;
            }

            await ReloadChangedAsync(await SettleAsync(files, stoppingToken), stoppingToken);
        }
    }

    // Who writes a log beside the settings must not have them read for each of its lines.
    private async Task SpaceAsync(long looked, CancellationToken stopping)
    {
        var left = Quiet - Clock.GetElapsedTime(looked);
        if (left > TimeSpan.Zero)
        {
            await Task.Delay(left, Clock, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <param name="settled">The files as they have been for a while; what is being written again is waited out again.</param>
    /// <param name="stopping">The gateway ends.</param>
    private async Task ReloadChangedAsync(string settled, CancellationToken stopping)
    {
        try
        {
            await _turn.WaitAsync(stopping);
            try
            {
                var files = Files;
                if (files.Mark() == settled && settled != _seen)
                {
                    _seen = settled;
                    await TakeAsync($"{string.Join(" or ", files.All.Select(Path.GetFileName))} changed", stopping);
                }
            }
            finally
            {
                _turn.Release();
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The gateway ends: what would have been is of no interest.
        }
    }

    private async Task TakeAsync(string trigger, CancellationToken cancellationToken)
    {
        try
        {
            var variables = origin.Read();
            await gateway.ReloadAsync(variables, trigger, cancellationToken);
            foreach (var warning in EnvironmentSource.Warnings(origin.EnvFile))
            {
                gateway.Warn(warning);
            }
        }
        catch (StartupException e)
        {
            gateway.Refuse(trigger, e.Faults);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            gateway.Refuse(trigger, [$"The settings cannot be read: {e.Message}"]);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
#pragma warning disable CA1031 // New settings may hold anything. What is in force stays, and the watcher goes on.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Report(e);
            gateway.Refuse(trigger, ["The settings cannot be applied because of a defect in the gateway; see the log."]);
        }

    }

    private async Task<string> SettleAsync(SettingsFiles files, CancellationToken stopping)
    {
        var before = files.Mark();
        for (var glance = 0; glance < MostGlances && !stopping.IsCancellationRequested; glance++)
        {
            await Task.Delay(Quiet, Clock, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            var now = files.Mark();
            if (now == before)
            {
                break;
            }

            before = now;
        }

        return before;
    }
}
