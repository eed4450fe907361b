using System.Buffers.Text;
using System.Net;
using System.Text;
using Gateway.Engines;
using Gateway.Proxy.Backends;

namespace Gateway.Proxy.Health;

/// <summary>Asks an engine for its metrics and reads its load out of them, under whatever names its profile knows.</summary>
public sealed class EngineLoadReader(TimeProvider clock)
{
    // A busy engine with many adapters sends some hundred kilobytes.
    private const int MaxBody = 4 * 1024 * 1024;
    private const int MaxError = 64 * 1024;
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(3);

    /// <summary>Reads the load.</summary>
    /// <returns>The load, null where it could not be read; and whether the engine reports it at all.</returns>
    public async Task<(EngineLoad? Load, bool Reports)> ReadAsync(Backend backend, Replica replica, CancellationToken cancellationToken)
    {
        var gauges = backend.Profile.Load;
        if (gauges.Path is not { } path)
        {
            return (null, false);
        }

        using var deadline = new CancellationTokenSource(Timeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, replica.Address.Join(path));
            if (gauges.SendsKey)
            {
                backend.Authorize(request);
            }

            using var response = await backend.Client.SendAsync(request, either.Token);
            if (!response.IsSuccessStatusCode)
            {
                // What is left of the answer would cost the connection.
                using var rest = await BoundedBody.RentAsync(response.Content, MaxError, either.Token);
                return (null, (int)response.StatusCode >= 500 && response.StatusCode != HttpStatusCode.NotImplemented);
            }

            using var body = await BoundedBody.RentAsync(response.Content, MaxBody, either.Token);
            return (Read(gauges, body.Written.Span), true);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException or ObjectDisposedException)
        {
            return (null, true);
        }
    }

    /// <summary>Reads the load out of Prometheus text.</summary>
    public static EngineLoad Read(LoadGauges gauges, ReadOnlySpan<byte> text)
    {
        var hits = First(gauges.PrefixCacheHits, text).Sum;
        var lookedUp = First(gauges.PrefixCacheQueries, text).Sum ?? hits + First(gauges.PrefixCacheMisses, text).Sum;
        var sleep = gauges.Awake is { } awake ? Total(awake.Name, text, awake.Label) : default;
        return new EngineLoad(
            First(gauges.Running, text).Sum,
            First(gauges.Waiting, text).Sum,
            First(gauges.KvCacheUsage, text).Mean,
            First(gauges.PrefixCacheHitRatio, text).Mean ?? (lookedUp > 0 ? hits / lookedUp : null))
        {
            Asleep = sleep is (0, > 0),
            ReportsSleep = sleep is (_, > 0),
        };
    }

    private static (double? Sum, double? Mean) First(IReadOnlyList<string> names, ReadOnlySpan<byte> text)
    {
        foreach (var name in names)
        {
            var (sum, count) = Total(name, text);
            if (count > 0)
            {
                return (sum, sum / count);
            }
        }

        return (null, null);
    }

    // The text is searched for the name, not cut into lines: an engine sends a thousand series, of which a few are needed.
    private static (double Sum, int Count) Total(string name, ReadOnlySpan<byte> text, string? label = null)
    {
        Span<byte> wanted = stackalloc byte[Encoding.UTF8.GetMaxByteCount(name.Length)];
        wanted = wanted[..Encoding.UTF8.GetBytes(name, wanted)];
        var (sum, count) = (0.0, 0);
        for (var at = 0; text[at..].IndexOf(wanted) is var found and >= 0;)
        {
            var start = at + found;
            at = start + wanted.Length;
            var rest = text[at..];
            if ((start > 0 && text[start - 1] != '\n') || rest is not [(byte)' ' or (byte)'{', ..])
            {
                continue;
            }

            var end = rest.IndexOf((byte)'\n');
            var line = end < 0 ? rest : rest[..end];
            if ((label is null || Has(line, label)) && Value(line) is { } value)
            {
                sum += value;
                count++;
            }
        }

        return (sum, count);
    }

    private static bool Has(ReadOnlySpan<byte> line, string label) => line.IndexOf(Encoding.UTF8.GetBytes(label)) >= 0;

    // A label's value may contain anything but a bare quote, so the last brace ends the labels.
    private static double? Value(ReadOnlySpan<byte> line) =>
        Utf8Parser.TryParse(line[(line.LastIndexOf((byte)'}') + 1)..].Trim((byte)' '), out double value, out _) && double.IsFinite(value) ? value : null;
}
