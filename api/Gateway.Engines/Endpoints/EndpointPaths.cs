using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;

namespace Gateway.Engines.Endpoints;

/// <summary>
/// Which paths are an endpoint's. A router finds the endpoint of a request, and ignores case and a slash at the end as routers do; what is
/// forwarded has to be exactly a path of the table.
/// </summary>
public static class EndpointPaths
{
    private static readonly FrozenSet<string> Fixed =
        EndpointCatalog.All.Select(static spec => spec.Route).Where(static route => !route.Contains('{', StringComparison.Ordinal)).ToFrozenSet();

    private static readonly FrozenDictionary<EndpointId, Pattern> Patterns = EndpointCatalog.All
        .Where(static spec => spec.Route.Contains('{', StringComparison.Ordinal))
        .ToFrozenDictionary(static spec => spec.Id, Pattern.Of);

    /// <summary>The path is one of this endpoint's.</summary>
    public static bool Fits(EndpointSpec spec, string path) =>
        spec.Route == path
        // A fixed route is no object's id; families, which may have nothing behind their name, share some.
        || (Patterns.TryGetValue(spec.Id, out var pattern) && (pattern.Rest || !Fixed.Contains(path)) && pattern.Fits(path));

    /// <summary>The methods that the path takes; empty where it is no endpoint's.</summary>
    public static IReadOnlyList<string> MethodsOf(string path) =>
        [.. EndpointCatalog.All.Where(spec => Fits(spec, path)).SelectMany(static spec => spec.Methods).Distinct()];

    /// <summary>The id of a model in <c>/v1/models/{id}</c>. Clients encode its slashes or leave them; those alone the server has not decoded yet.</summary>
    public static bool TryGetModelId(string path, [NotNullWhen(true)] out string? id)
    {
        const string Prefix = "/v1/models/";
        id = path.StartsWith(Prefix, StringComparison.Ordinal) && path.Length > Prefix.Length
            ? path[Prefix.Length..].Replace("%2F", "/", StringComparison.OrdinalIgnoreCase)
            : null;
        return id is not null;
    }

    private sealed record Pattern(EndpointSpec Spec, string Prefix, string Suffix, bool Rest)
    {
        public static Pattern Of(EndpointSpec spec)
        {
            var open = spec.Route.IndexOf('{', StringComparison.Ordinal);
            var close = spec.Route.IndexOf('}', StringComparison.Ordinal);
            return new Pattern(spec, spec.Route[..open], spec.Route[(close + 1)..], spec.Route[open + 1] == '*');
        }

        public bool Fits(string path)
        {
            if (Rest && path.AsSpan().SequenceEqual(Prefix.AsSpan(0, Prefix.Length - 1)))
            {
                return Spec.Id != EndpointId.ModelRetrieve;
            }

            if (path.Length <= Prefix.Length + Suffix.Length || !path.StartsWith(Prefix, StringComparison.Ordinal) || !path.EndsWith(Suffix, StringComparison.Ordinal))
            {
                return false;
            }

            var middle = path.AsSpan(Prefix.Length, path.Length - Prefix.Length - Suffix.Length);
            return Spec.Id == EndpointId.ModelRetrieve || IsPlain(middle, Rest);
        }

        // An id goes into the engine's path as it is, so nothing may be in it that a server could read as another path.
        private static bool IsPlain(ReadOnlySpan<char> middle, bool slashes)
        {
            foreach (var range in middle.Split('/'))
            {
                var segment = middle[range];
                if (segment.IsEmpty || segment.TrimStart('.').IsEmpty || segment.ContainsAnyExcept(IdCharacters))
                {
                    return false;
                }
            }

            return slashes || !middle.Contains('/');
        }
    }

    private static readonly System.Buffers.SearchValues<char> IdCharacters =
        System.Buffers.SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._:-");
}
