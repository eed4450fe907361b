using Gateway.Core.Configuration;
using Gateway.Core.Errors;
using Gateway.Engines.Endpoints;

namespace Gateway.Proxy.Forwarding;

/// <summary>What a caller of a path that is in no table most likely meant.</summary>
internal static class RouteAdvice
{
    private const string Version = "v1";
    private const int MostShown = 200;
    private const int MostSegments = 16;

    /// <summary>More than this is another word, not a slip.</summary>
    private const int MostTypos = 2;

    private static readonly string[] Routes = [.. EndpointCatalog.All.Select(spec => spec.Route.Split("/{", 2)[0]).Distinct()];

    /// <summary>The 404 for this path.</summary>
    public static GatewayError NotFound(string path)
    {
        var shown = path.Length > MostShown ? path[..MostShown] : path;
        return GatewayError.NotFound(shown, For(shown));
    }

    /// <summary>The caller speaks Anthropic's API, so errors come in its form.</summary>
    public static bool IsAnthropic(HttpRequest request, string path) =>
        SpeaksAnthropic(request) || path.AsSpan().TrimEnd('/') is var rest && (rest.EndsWith("/messages", StringComparison.OrdinalIgnoreCase)
            || rest.EndsWith("/messages/count_tokens", StringComparison.OrdinalIgnoreCase) || rest.Contains("/messages/batches", StringComparison.OrdinalIgnoreCase));

    /// <summary>It says so itself: every client of that API sends the version that it was made for.</summary>
    public static bool SpeaksAnthropic(HttpRequest request) => request.Headers.ContainsKey("anthropic-version");

    private static string For(string path)
    {
        var segments = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        if (segments.Length is 0 or > MostSegments)
        {
            return General;
        }

        var last = Array.FindLastIndex(segments, segment => segment.Equals(Version, StringComparison.OrdinalIgnoreCase));
        var known = Known([Version, .. segments[(last + 1)..]]);
        if (known is not null)
        {
            return $"The route is {known}: {Mistake(path, segments, last)}";
        }

        var near = NearestName.Hint($"/{string.Join('/', (string[])[Version, .. segments[(last + 1)..]])}", Routes, MostTypos);
        return near.Length > 0 ? near.Trim() : General;
    }

    private const string General = "The routes are those of OpenAI's API below /v1; GET /capabilities lists them.";

    private static string Mistake(string path, string[] segments, int last)
    {
        if (last < 0)
        {
            return "set the client's base URL to this gateway's URL followed by /v1.";
        }

        if (segments.Count(segment => segment.Equals(Version, StringComparison.OrdinalIgnoreCase)) > 1)
        {
            return "/v1 is in the path twice because the client adds it. Set the client's base URL to this gateway's URL without /v1.";
        }

        return last > 0
            ? $"take {string.Join('/', segments[..last])}/ out of the client's base URL, which is this gateway's URL followed by /v1."
            : path.Contains("//", StringComparison.Ordinal)
                ? "the path has two slashes in a row. Remove the slash at the end of the client's base URL."
                : path.EndsWith('/') ? "without the slash at the end." : "in lower case.";
    }

    private static string? Known(string[] segments)
    {
        var path = $"/{string.Join('/', segments)}";
        var lower = path.ToLowerInvariant();
        return Exists(path) ? path : Exists(lower) ? lower : null;
    }

    private static bool Exists(string path) => EndpointPaths.MethodsOf(path).Count > 0;
}
