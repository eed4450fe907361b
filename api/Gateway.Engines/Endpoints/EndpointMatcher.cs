using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;

namespace Gateway.Engines.Endpoints;

/// <summary>What a method and a path lead to.</summary>
/// <param name="Spec">The endpoint, or null when the path or the method is outside the table.</param>
/// <param name="Allowed">The methods that the path takes; empty when the path is outside the table.</param>
public readonly record struct EndpointMatch(EndpointSpec? Spec, IReadOnlyList<string> Allowed);

/// <summary>Matches requests against <see cref="EndpointCatalog"/>. Fixed routes cost one dictionary look-up.</summary>
public static class EndpointMatcher
{
    private static readonly FrozenDictionary<string, EndpointSpec[]> Fixed = EndpointCatalog.All
        .Where(spec => !spec.Route.Contains('{', StringComparison.Ordinal))
        .GroupBy(spec => spec.Route)
        .ToFrozenDictionary(group => group.Key, group => group.ToArray());

    private static readonly Pattern[] Patterns = [.. EndpointCatalog.All
        .Where(spec => spec.Route.Contains('{', StringComparison.Ordinal))
        .Select(Pattern.Of)];

    public static EndpointMatch Match(string method, string path)
    {
        List<string>? allowed = null;
        if (Fixed.TryGetValue(path, out var specs))
        {
            foreach (var spec in specs)
            {
                if (Takes(spec, method, ref allowed))
                {
                    return new EndpointMatch(spec, spec.Methods);
                }
            }
        }

        return MatchPatterns(method, path, allowed);
    }

    /// <summary>The id of a model in <c>/v1/models/{id}</c>. Clients encode its slashes or leave them; those alone the server has not decoded yet.</summary>
    public static bool TryGetModelId(string path, [NotNullWhen(true)] out string? id)
    {
        const string Prefix = "/v1/models/";
        id = path.StartsWith(Prefix, StringComparison.Ordinal) && path.Length > Prefix.Length
            ? path[Prefix.Length..].Replace("%2F", "/", StringComparison.OrdinalIgnoreCase)
            : null;
        return id is not null;
    }

    private static EndpointMatch MatchPatterns(string method, string path, List<string>? allowed)
    {
        // A fixed route is nobody's id; families, which may have nothing behind their name, share some.
        var isFixed = Fixed.ContainsKey(path);
        foreach (var pattern in Patterns)
        {
            if ((pattern.Rest || !isFixed) && pattern.Fits(path) && Takes(pattern.Spec, method, ref allowed))
            {
                return new EndpointMatch(pattern.Spec, pattern.Spec.Methods);
            }
        }

        return new EndpointMatch(null, allowed ?? []);
    }

    private static bool Takes(EndpointSpec spec, string method, ref List<string>? allowed)
    {
        foreach (var accepted in spec.Methods)
        {
            if (accepted == method)
            {
                return true;
            }
        }

        allowed ??= [];
        allowed.AddRange(spec.Methods.Except(allowed));
        return false;
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
