using System.Diagnostics;

namespace Gateway.Proxy.Telemetry;

/// <summary>Begins the span of a request, as a part of the caller's trace where there is one. Without a source nothing is traced and nothing is spent.</summary>
public sealed class Tracing : IDisposable
{
    public const string SourceName = "gateway";

    private readonly ActivitySource? _source;

    private Tracing(ActivitySource? source) => _source = source;

    public static Tracing Off { get; } = new(null);

    public static Tracing On() => new(new ActivitySource(SourceName));

    public Activity? Start(HttpRequest request)
    {
        if (_source is null)
        {
            return null;
        }

        // The server's own activity belongs to no trace that anybody sees.
        Activity.Current = null;
        _ = ActivityContext.TryParse(request.Headers.TraceParent.ToString(), request.Headers.TraceState.ToString(), isRemote: true, out var parent);
        return _source.StartActivity("request", ActivityKind.Server, parent);
    }

    public void Dispose() => _source?.Dispose();
}
