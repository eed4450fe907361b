using System.Buffers.Text;
using System.Text;
using Gateway.Backends;
using Gateway.Engines;

namespace Gateway.Health;

/// <summary>Asks an engine for its metrics and reads its load out of them, under whatever names its profile knows.</summary>
internal sealed class EngineLoadReader(TimeProvider clock)
{
    // A busy engine with many adapters tells some hundred kilobytes.
    private const int MaxBody = 4 * 1024 * 1024;
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(3);

    /// <summary>Reads the load; null where the engine does not tell it.</summary>
    public async Task<EngineLoad?> ReadAsync(Backend backend, Replica replica, CancellationToken cancellationToken)
    {
        var gauges = backend.Profile.Load;
        if (gauges.Path is not { } path)
        {
            return null;
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
            return response.IsSuccessStatusCode ? Read(gauges, await BoundedBody.ReadAsync(response.Content, MaxBody, either.Token)) : null;
        }
        catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException or ObjectDisposedException)
        {
            return null;
        }
    }

    /// <summary>Reads the load out of Prometheus text.</summary>
    public static EngineLoad Read(LoadGauges gauges, ReadOnlySpan<byte> text)
    {
        var hits = First(gauges.PrefixCacheHits, text).Sum;
        var lookedUp = First(gauges.PrefixCacheQueries, text).Sum ?? hits + First(gauges.PrefixCacheMisses, text).Sum;
        return new EngineLoad(
            First(gauges.Running, text).Sum,
            First(gauges.Waiting, text).Sum,
            First(gauges.KvCacheUsage, text).Mean,
            First(gauges.PrefixCacheHitRatio, text).Mean ?? (lookedUp > 0 ? hits / lookedUp : null));
    }

    private static (double? Sum, double? Mean) First(IReadOnlyList<string> names, ReadOnlySpan<byte> text)
    {
        foreach (var name in names)
        {
            var (sum, count) = Total(Encoding.UTF8.GetBytes(name), text);
            if (count > 0)
            {
                return (sum, sum / count);
            }
        }

        return (null, null);
    }

    private static (double Sum, int Count) Total(ReadOnlySpan<byte> name, ReadOnlySpan<byte> text)
    {
        var (sum, count) = (0.0, 0);
        foreach (var range in text.Split((byte)'\n'))
        {
            var line = text[range];
            if (!line.StartsWith(name) || line.Length == name.Length || line[name.Length] is not ((byte)' ' or (byte)'{'))
            {
                continue;
            }

            // A label's value may hold anything but a bare quote, so the last brace ends the labels.
            var rest = line[(Math.Max(name.Length, line.LastIndexOf((byte)'}') + 1))..].Trim((byte)' ');
            if (Utf8Parser.TryParse(rest, out double value, out _) && double.IsFinite(value))
            {
                sum += value;
                count++;
            }
        }

        return (sum, count);
    }
}
