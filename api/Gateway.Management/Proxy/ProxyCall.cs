using System.Text.RegularExpressions;
using Gateway.Management.Docker;

namespace Gateway.Management.Proxy;

/// <summary>A call taken apart. What is passed on is put together from these parts, never the caller's own text.</summary>
/// <param name="Rule">The rule that allows it.</param>
/// <param name="Version">The version before its path, with the slash; empty: none.</param>
/// <param name="Path">Its path behind the version, still escaped.</param>
/// <param name="Id">The container or network that it is about, where it is about one.</param>
/// <param name="Query">Its query.</param>
internal sealed partial record ProxyCall(ProxyRule Rule, string Version, string Path, string Id, IReadOnlyDictionary<string, string> Query)
{
    public string Target => Version + Path + (Query.Count == 0 ? "" : "?" + string.Join('&', Query.Select(pair => $"{pair.Key}={Uri.EscapeDataString(pair.Value)}")));

    /// <summary>The same call about the same thing by another name of it.</summary>
    public ProxyCall About(string id)
    {
        // It is the second part of every path that has one.
        var at = Path.IndexOf('/', 1) + 1;
        return this with { Id = id, Path = string.Concat(Path.AsSpan(0, at), id, Path.AsSpan(at + Id.Length)) };
    }

    /// <returns>The call, or null with the reason why it is none that engines take.</returns>
    public static (ProxyCall? Call, string? Refusal) Read(string method, string target)
    {
        var mark = target.IndexOf('?', StringComparison.Ordinal);
        var path = mark < 0 ? target : target[..mark];
        var version = AnyVersion().Match(path).Value;
        if (version.Length > 0 && !IsKnown(version))
        {
            return (null, $"the API's versions {ApiVersion.Oldest} to {ApiVersion.Newest} are spoken here");
        }

        path = path[version.Length..];
        if (path.Split('/') is not ["", .. var parts] || parts.Any(part => part is "" or "." or ".."))
        {
            return (null, "this call is not one that engines take");
        }

        foreach (var rule in ProxyRules.All)
        {
            if (rule.Method == method && rule.Path.Match(path) is { Success: true } match)
            {
                return QueryOf(rule, mark < 0 ? "" : target[(mark + 1)..]) is { } query
                    ? (new ProxyCall(rule, version, path, match.Groups["id"].Value, query), null)
                    : (null, "its query has a member that the gateway does not send");
            }
        }

        return (null, "this call is not one that engines take");
    }

    // Older ones give members that are left out another meaning, such as host settings at the start of a container.
    private static bool IsKnown(string version) =>
        System.Version.TryParse(version.AsSpan(2), out var known) && known >= ApiVersion.Oldest && known <= ApiVersion.Newest;

    private static Dictionary<string, string>? QueryOf(ProxyRule rule, string text)
    {
        var query = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var member in text.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var pair = member.Split('=', 2);
            var value = pair.Length == 2 ? Uri.UnescapeDataString(pair[1]) : "";
            if (rule.Query.FirstOrDefault(allowed => allowed.Name == pair[0]).Value?.IsMatch(value) != true || !query.TryAdd(pair[0], value))
            {
                return null;
            }
        }

        return query;
    }

    [GeneratedRegex(@"\A/v1\.[1-9][0-9](?=/)")]
    private static partial Regex AnyVersion();
}
