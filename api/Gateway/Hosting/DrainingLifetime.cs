using System.Runtime.InteropServices;
using Gateway.Core.Configuration;
using Gateway.Proxy.Health;
using Gateway.Proxy.Telemetry;

namespace Gateway.Hosting;

/// <summary>
/// Ends the process without losing a request. On SIGTERM the gateway is not ready any more but goes on answering for a moment,
/// while its balancer takes notice. Then what runs may finish within the drain time; what comes anew is refused, by a listener
/// that stays open so that it can say so; and in the end the rest is told in band. Ctrl+C is the same without the wait for a
/// balancer, and a second signal ends everything.
/// </summary>
internal sealed partial class DrainingLifetime(
    Lifecycle lifecycle, GatewaySettings settings, IHostApplicationLifetime application, TimeProvider clock, Defects defects, ILogger<DrainingLifetime> logger) : IHostLifetime, IDisposable
{
    private static readonly TimeSpan Notice = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(25);

    /// <summary>After their end is announced, streams need a moment to say so to their clients.</summary>
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(2);

    private readonly List<PosixSignalRegistration> _signals = [];
    private int _begun;

    public Task WaitForStartAsync(CancellationToken cancellationToken)
    {
        _signals.Add(PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal => Handle(signal, Notice)));
        _signals.Add(PosixSignalRegistration.Create(PosixSignal.SIGINT, signal => Handle(signal, TimeSpan.Zero)));
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _signals.ForEach(signal => signal.Dispose());

    private void Handle(PosixSignalContext signal, TimeSpan notice)
    {
        signal.Cancel = true;
        if (Interlocked.Exchange(ref _begun, 1) == 0)
        {
            _ = defects.WatchAsync("drain", EndAsync(notice));
        }
        else
        {
            application.StopApplication();
        }
    }

    // Whatever happens in between, the process ends.
    private async Task EndAsync(TimeSpan notice)
    {
        try
        {
            await DrainAsync(notice);
        }
        finally
        {
            application.StopApplication();
        }
    }

    private async Task DrainAsync(TimeSpan notice)
    {
        lifecycle.BeginDrain();
        Log.Draining(logger, lifecycle.Running, settings.Drain.TotalSeconds);
        var start = clock.GetTimestamp();
        var least = notice < settings.Drain ? notice : settings.Drain;
        await Task.Delay(least, clock);
        lifecycle.Refuse();
        while (clock.GetElapsedTime(start) < settings.Drain && lifecycle.Running > 0)
        {
            await Task.Delay(Poll, clock);
        }

        if (lifecycle.Running > 0)
        {
            Log.Ending(logger, lifecycle.Running);
            lifecycle.End();
            var end = clock.GetTimestamp();
            while (lifecycle.Running > 0 && clock.GetElapsedTime(end) < LastWords)
            {
                await Task.Delay(Poll, clock);
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Draining: no longer ready; {Running} requests may finish within {Seconds} s")]
        public static partial void Draining(ILogger logger, int running, double seconds);

        [LoggerMessage(2, LogLevel.Warning, "The drain time is over: {Running} requests are ended")]
        public static partial void Ending(ILogger logger, int running);
    }
}
