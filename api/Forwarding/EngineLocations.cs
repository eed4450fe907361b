using Gateway.Backends;
using Gateway.Endpoints;

namespace Gateway.Forwarding;

/// <summary>What an engine's answer says of places: a path of its own API becomes the gateway's, any other place is the engine's own affair.</summary>
internal sealed class EngineLocations(IReadOnlyList<Replica> replicas)
{
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
                var match = EndpointMatcher.Match(HttpMethods.Get, own);
                return match.Spec is not null || match.Allowed.Count > 0 ? own : null;
            }
        }

        return null;
    }

    /// <summary>A value shows where the engine is: its host with its port, as it was asked.</summary>
    public static bool Shows(string value, Uri asked)
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

    private static ReadOnlySpan<char> Digits(ReadOnlySpan<char> text) => text.IndexOfAnyExceptInRange('0', '9') is var end and >= 0 ? text[..end] : text;
}
