using System.Diagnostics;

namespace Gateway.Proxy.Telemetry;

/// <summary>Begins the span of a request, as a part of the caller's trace where there is one.</summary>
/// <remarks>Without a source nothing is traced, at no cost.</remarks>
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

        // The server's own activity belongs to no exported trace.
        Activity.Current = null;
        _ = ActivityContext.TryParse(request.Headers.TraceParent.ToString(), request.Headers.TraceState.ToString(), isRemote: true, out var parent);
        return _source.StartActivity("request", ActivityKind.Server, parent);
    }

    public void Dispose() => _source?.Dispose();
}

/// <summary>The caller's trace as the current activity, for the exemplars of histograms.</summary>
/// <remarks>The server starts no activity for a request: its execution context would cost more than all the metrics.</remarks>
internal static class CallerTrace
{
    /// <summary>Makes the caller's trace the current one; null where it has none that is recorded, or another is current.</summary>
    public static Activity? Begin(HttpRequest request)
    {
        var parent = request.Headers.TraceParent;
        if (parent.Count != 1 || Activity.Current is not null || !ActivityContext.TryParse(parent[0], null, isRemote: true, out var context) || (context.TraceFlags & ActivityTraceFlags.Recorded) == 0)
        {
            return null;
        }

        return new Activity("request").SetParentId(context.TraceId, context.SpanId, context.TraceFlags).Start();
    }
}
