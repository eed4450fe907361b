using Gateway.Configuration;
using Gateway.Health;
using Gateway.Telemetry;

namespace Gateway.Hosting;

/// <summary>
/// Answers by the settings that are in force, and takes new ones while it runs: requests that have begun end by the settings
/// they began with, all others go by the new ones, and none is lost in between.
/// </summary>
internal sealed partial class LiveGateway(GatewaySettings settings, Lifecycle lifecycle, GatewayMetrics metrics, ILoggerFactory loggers) : IHostedService, IAsyncDisposable
{
    private readonly SemaphoreSlim _turn = new(1);
    private readonly ILogger _logger = loggers.CreateLogger("gateway");
    private volatile Generation? _current;

    /// <summary>The variables that the settings in force were read from.</summary>
    public IReadOnlyDictionary<string, string> Variables { get; set; } = new Dictionary<string, string>();

    /// <summary>What is in force; null before the start and after the end.</summary>
    public Generation? Current => _current;

    public Task HandleAsync(HttpContext context)
    {
        Task? answer;
        do
        {
            answer = _current!.TryHandle(context);
        }
        while (answer is null);
        return answer;
    }

    /// <summary>Chooses the engines of the start.</summary>
    public async Task PrepareAsync(CancellationToken cancellationToken)
    {
        _current = await CreateAsync(settings, cancellationToken);
        Log.Starting(_logger, Lifecycle.Version, _current.Reason);
    }

    public Task StartAsync(CancellationToken cancellationToken) => _current!.StartAsync(cancellationToken);

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Takes new settings, if nothing is wrong with them. Address, port, body limit, browser origins and drain stay those of the start.</summary>
    /// <returns>What is wrong with them; the old ones then stay.</returns>
    public async Task<IReadOnlyList<string>> ReloadAsync(IReadOnlyDictionary<string, string> variables, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            var (wanted, faults) = SettingsReader.Read(variables);
            if (wanted is null)
            {
                metrics.Reloaded(taken: false);
                Log.Refused(_logger, string.Join(' ', faults));
                return faults;
            }

            var next = await CreateAsync(wanted, cancellationToken);
            await next.StartAsync(cancellationToken);
            await next.LookAroundAsync(cancellationToken);
            var old = _current!;
            _current = next;
            Variables = variables;
            metrics.Reloaded(taken: true);
            Log.Taken(_logger, next.Reason);
            _ = EndAsync(old);
            return [];
        }
        finally
        {
            _turn.Release();
        }
    }

    // It is registered under two types, and the container disposes of it under both.
    public ValueTask DisposeAsync() => Interlocked.Exchange(ref _current, null)?.DisposeAsync() ?? ValueTask.CompletedTask;

    private Task<Generation> CreateAsync(GatewaySettings wanted, CancellationToken cancellationToken) => Generation.CreateAsync(wanted, Share, cancellationToken);

    private void Share(IServiceCollection services)
    {
        services.AddSingleton(loggers);
        services.AddSingleton(typeof(ILogger<>), typeof(Logger<>));
        services.AddSingleton(lifecycle);
        services.AddSingleton(_ => metrics);
    }

    private async Task EndAsync(Generation old)
    {
        using (lifecycle.Retire())
        {
            await old.RetireAsync();
        }

        await old.DisposeAsync();
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "gateway {Version}.{Engines}")]
        public static partial void Starting(ILogger logger, string version, string engines);

        [LoggerMessage(2, LogLevel.Information, "New settings are in force.{Engines}")]
        public static partial void Taken(ILogger logger, string engines);

        [LoggerMessage(3, LogLevel.Error, "New settings are refused, the old ones stay. {Faults}")]
        public static partial void Refused(ILogger logger, string faults);
    }
}
