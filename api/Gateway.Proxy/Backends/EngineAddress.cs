using System.Collections.Concurrent;

namespace Gateway.Proxy.Backends;

/// <summary>An engine's address. OpenAI routes lie below the version segment of its base URL (<c>/v1</c>, <c>/v3</c>), others beside
/// it.</summary>
public sealed class EngineAddress
{
    private const int MostKept = 64;

    /// <summary>Making a URL costs more than finding it, and nearly all requests are for a few paths.</summary>
    private readonly ConcurrentDictionary<string, Uri> _kept = new(StringComparer.Ordinal);
    private readonly string _root;
    private readonly string _api;

    private EngineAddress(string root, string api)
    {
        _root = root;
        _api = api;
        Api = new Uri(api);
        foreach (var character in api)
        {
            Seed = (Seed ^ character) * 0x100000001B3;
        }
    }

    /// <summary>The base URL of the OpenAI routes, as an operator writes it.</summary>
    public Uri Api { get; }

    /// <summary>The same, as text.</summary>
    public string Text => _api;

    /// <summary>A number made of the URL: the same on every gateway and after every start.</summary>
    public ulong Seed { get; }

    public static EngineAddress Parse(Uri url)
    {
        var whole = url.GetLeftPart(UriPartial.Path).TrimEnd('/');
        var path = url.AbsolutePath.TrimEnd('/');
        var last = path[(path.LastIndexOf('/') + 1)..];
        return IsVersion(last)
            ? new EngineAddress(whole[..^(last.Length + 1)], whole)
            : new EngineAddress(whole, whole + "/v1");
    }

    /// <summary>The URL of a path of the engine; <c>/v1/…</c> goes below its version segment.</summary>
    public Uri Join(string path, string? query = null)
    {
        if (!string.IsNullOrEmpty(query))
        {
            return Make(path, query);
        }

        if (_kept.TryGetValue(path, out var known))
        {
            return known;
        }

        // Paths with an id in them are many; the first are as good as any others.
        var made = Make(path, null);
        return _kept.Count < MostKept ? _kept.GetOrAdd(path, made) : made;
    }

    private Uri Make(string path, string? query) =>
        new(path.StartsWith("/v1/", StringComparison.Ordinal) ? string.Concat(_api, path.AsSpan(3), query) : string.Concat(_root, path, query));

    private static bool IsVersion(string segment) =>
        segment.Length is >= 2 and <= 4 && segment[0] == 'v' && !segment.AsSpan(1).ContainsAnyExceptInRange('0', '9');
}
