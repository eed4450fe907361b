using System.Buffers;
using System.Net;
using Gateway.Engines.Endpoints;
using Gateway.Proxy.Backends;

namespace Gateway.Proxy.Forwarding;

/// <summary>URLs in an engine's answer: a path of its API becomes the gateway's, any other URL is dropped.</summary>
internal sealed class EngineLocations(IReadOnlyList<Replica> replicas)
{
    private static readonly SearchValues<char> OfAddresses = SearchValues.Create("0123456789.");

    /// <summary>The value of <c>Location</c> for the client: a path that this gateway has.</summary>
    /// <returns>Null where it leads elsewhere.</returns>
    public string? OfClient(string location, Uri asked)
    {
        if (!Uri.TryCreate(asked, location, out var place) || place.Scheme != asked.Scheme || place.Authority != asked.Authority)
        {
            return null;
        }

        var path = place.AbsolutePath;
        foreach (var replica in replicas)
        {
            var api = replica.Address.Api;
            if (api.Authority == asked.Authority && path.StartsWith(api.AbsolutePath + "/", StringComparison.Ordinal))
            {
                var own = string.Concat("/v1", path.AsSpan(api.AbsolutePath.Length));
                return EndpointPaths.MethodsOf(own).Count > 0 ? own : null;
            }
        }

        return null;
    }

    /// <summary>A value shows the network behind the gateway.</summary>
    /// <remarks>An address that only exists there, or the engine's host with its port, as it was asked.</remarks>
    public static bool Shows(string value, Uri? asked) => HasInsideAddress(value) || (asked is not null && HasAddress(value, asked));

    private static bool HasAddress(string value, Uri asked)
    {
        var host = asked.Host;
        for (var at = value.IndexOf(host, StringComparison.OrdinalIgnoreCase); at >= 0; at = value.IndexOf(host, at + 1, StringComparison.OrdinalIgnoreCase))
        {
            var rest = value.AsSpan(at + host.Length);
            if (rest.StartsWith(":") && int.TryParse(Digits(rest[1..]), out var port) && port == asked.Port)
            {
                return true;
            }
        }

        return false;
    }

    // Four numbers with dots between them, of a range that is never seen outside (RFC 1918, 6598, 3927, 1122).
    private static bool HasInsideAddress(ReadOnlySpan<char> value)
    {
        if (value.Contains(".cluster.local", StringComparison.OrdinalIgnoreCase))
        {
            return true;
        }

        if (value.Count('.') < 3)
        {
            return false;
        }

        while (value.IndexOfAnyInRange('0', '9') is var start and >= 0)
        {
            value = value[start..];
            var end = value.IndexOfAnyExcept(OfAddresses) is var length and >= 0 ? length : value.Length;
            if (value[..end].Trim('.') is var numbers && numbers.Count('.') == 3 && IPAddress.TryParse(numbers, out var address) && IsInside(address))
            {
                return true;
            }

            value = value[end..];
        }

        return false;
    }

    private static bool IsInside(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[4];
        return address.TryWriteBytes(bytes, out var length) && length == 4 && bytes switch
        {
            [10 or 127, ..] or [192, 168, ..] or [169, 254, ..] => true,
            [172, var second, ..] => second is >= 16 and < 32,
            [100, var second, ..] => second is >= 64 and < 128,
            _ => false,
        };
    }

    private static ReadOnlySpan<char> Digits(ReadOnlySpan<char> text) => text.IndexOfAnyExceptInRange('0', '9') is var end and >= 0 ? text[..end] : text;
}
