namespace Gateway.Demo;

/// <summary>The built-in engine; its place is held until it lands.</summary>
internal sealed class DemoEngine(Uri baseUrl) : IAsyncDisposable
{
    public Uri BaseUrl { get; } = baseUrl;

    public static Task<DemoEngine> StartAsync(TimeProvider clock, CancellationToken cancellationToken) =>
        Task.FromException<DemoEngine>(new NotSupportedException($"The demo engine is not built yet ({clock.LocalTimeZone.Id}, {cancellationToken.CanBeCanceled})."));

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
