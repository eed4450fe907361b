using Gateway.Core.Configuration;
using Gateway.Proxy.Backends;
using Gateway.Proxy.Keys;
using Gateway.Proxy.Models;
using Gateway.Proxy.Pipeline;
using Gateway.Proxy.Routing;

namespace Gateway.Reload;

/// <summary>One set of settings with everything made from it, and the requests that are being answered by it.</summary>
internal sealed class Generation : IAsyncDisposable
{
    private static readonly TimeSpan FirstLook = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(20);

    private readonly ServiceProvider _services;
    private readonly BackendChooser _chooser;
    private readonly RequestPipeline _pipeline;
    private readonly TaskCompletionSource _idle = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // Being in force counts as one; at zero nobody comes in any more.
    private int _holds = 1;

    private Generation(ServiceProvider services, BackendChooser chooser)
    {
        _services = services;
        _chooser = chooser;
        _pipeline = services.GetRequiredService<RequestPipeline>();
        Snapshot = new(
            services.GetRequiredService<GatewaySettings>(),
            services.GetRequiredService<BackendTable>(),
            services.GetRequiredService<Admission>(),
            services.GetRequiredService<ApiKeyStore>(),
            services.GetRequiredService<ModelListEndpoint>());
    }

    public Snapshot Snapshot { get; }

    public GatewaySettings Settings => Snapshot.Settings;

    public BackendTable Backends => Snapshot.Backends;

    public Admission Admission => Snapshot.Admission;

    /// <summary>Which engines it has, for the log.</summary>
    public string Reason => _chooser.Reason;

    /// <param name="settings">Checked settings.</param>
    /// <param name="before">What is in force so far; what is the same in both is kept.</param>
    /// <param name="shared">What outlives a generation.</param>
    /// <param name="cancellationToken">The start is given up.</param>
    public static async Task<Generation> CreateAsync(GatewaySettings settings, Generation? before, SharedParts shared, CancellationToken cancellationToken)
    {
        var chooser = new BackendChooser(settings, before?.Backends.All ?? [], shared.Demo, TimeProvider.System);
        var backends = await chooser.ChooseAsync(cancellationToken);
        var services = new ServiceCollection();
        services.AddGateway(settings, backends);
        shared.Lend(services);
        return new Generation(services.BuildServiceProvider(), chooser);
    }

    /// <summary>Returns when every engine has been asked for its state and its models once, or after a few seconds: until then neither says anything.</summary>
    public async Task LookAroundAsync(CancellationToken cancellationToken)
    {
        var clock = _services.GetRequiredService<TimeProvider>();
        var start = clock.GetTimestamp();
        while (Backends.All.Any(backend => backend.ListIsDue || backend.Replicas.Any(replica => !replica.Seen)) && clock.GetElapsedTime(start) < FirstLook)
        {
            await Task.Delay(Glance, clock, cancellationToken);
        }
    }

    /// <summary>Answers the request.</summary>
    /// <returns>Null when this generation has ended.</returns>
    public Task? TryHandle(HttpContext context)
    {
        for (var holds = Volatile.Read(ref _holds); holds > 0; holds = Volatile.Read(ref _holds))
        {
            if (Interlocked.CompareExchange(ref _holds, holds + 1, holds) == holds)
            {
                return HandleAsync(context);
            }
        }

        return null;
    }

    /// <summary>It is in force no longer. Returns when its last request is answered.</summary>
    public Task RetireAsync()
    {
        Release();
        return _idle.Task;
    }

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        await _chooser.ReturnDemoAsync();
    }

    private async Task HandleAsync(HttpContext context)
    {
        try
        {
            await _pipeline.HandleAsync(context);
        }
        finally
        {
            Release();
        }
    }

    private void Release()
    {
        if (Interlocked.Decrement(ref _holds) == 0)
        {
            _idle.TrySetResult();
        }
    }
}
