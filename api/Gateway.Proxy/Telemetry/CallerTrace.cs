using System.Diagnostics;

namespace Gateway.Proxy.Telemetry;

/// <summary>
/// The caller's own trace, for the examples beside a histogram's buckets: the server makes no activity of its own, because one a
/// request, with the context that it drags through every step, costs more than all the counting.
/// </summary>
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
