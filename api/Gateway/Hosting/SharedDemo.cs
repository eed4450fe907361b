using Gateway.Demo;

namespace Gateway.Hosting;

/// <summary>The built-in engine, once for all sets of settings that want it; it ends with the last of them.</summary>
internal sealed class SharedDemo(TimeProvider clock) : IAsyncDisposable
{
    private readonly SemaphoreSlim _turn = new(1);
    private DemoEngine? _engine;
    private int _users;

    /// <summary>Starts it where it does not run; to be given back.</summary>
    /// <returns>Where it answers.</returns>
    public async Task<Uri> RentAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            _engine ??= await DemoEngine.StartAsync(clock, cancellationToken);
            _users++;
            return _engine.BaseUrl;
        }
        finally
        {
            _turn.Release();
        }
    }

    public async ValueTask ReturnAsync()
    {
        await _turn.WaitAsync();
        try
        {
            if (--_users == 0)
            {
                await EndAsync();
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await EndAsync();
        _turn.Dispose();
    }

    private async ValueTask EndAsync()
    {
        if (Interlocked.Exchange(ref _engine, null) is { } engine)
        {
            await engine.DisposeAsync();
        }
    }
}
