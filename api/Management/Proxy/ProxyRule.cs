using System.Text.RegularExpressions;

namespace Gateway.Management.Proxy;

/// <summary>What is looked at before a call is passed on.</summary>
internal enum ProxyCheck
{
    /// <summary>It reads what is no secret.</summary>
    None,

    /// <summary>The container must carry the gateway's label.</summary>
    OwnContainer,

    /// <summary>What a foreign container was started with is left out of the answer.</summary>
    Inspect,

    /// <summary>The new container must carry the label, and may ask for no more than an engine needs.</summary>
    Create,

    /// <summary>Only how the container is restarted may be changed.</summary>
    Update,

    /// <summary>The new network must carry the label.</summary>
    CreateNetwork,

    /// <summary>The container that is named must carry the label.</summary>
    Connect,

    /// <summary>Images are removed by their digest, and not where a container is made from them.</summary>
    RemoveImage,

    /// <summary>Images are pulled from registries, never made from what the caller sends.</summary>
    Pull,
}

/// <summary>A call that is passed on.</summary>
/// <param name="Method">HTTP method.</param>
/// <param name="Path">Its path behind the version, whole.</param>
/// <param name="Check">What is looked at before.</param>
/// <param name="Changes">It is refused in read-only mode.</param>
/// <param name="Login">The login for a registry goes with it.</param>
internal sealed record ProxyRule(string Method, Regex Path, ProxyCheck Check = ProxyCheck.None, bool Changes = false, bool Login = false);

/// <summary>The calls that installing and watching engines takes. Everything else is refused.</summary>
internal static partial class ProxyRules
{
    public static IReadOnlyList<ProxyRule> All { get; } =
    [
        new("GET", Fixed()),
        new("HEAD", Ping()),
        new("GET", Image()),
        new("GET", Distribution(), Login: true),
        new("GET", Network()),
        new("GET", Container("json"), ProxyCheck.Inspect),
        new("GET", Container("logs"), ProxyCheck.OwnContainer),
        new("POST", Container("start"), ProxyCheck.OwnContainer, Changes: true),
        new("POST", Container("stop"), ProxyCheck.OwnContainer, Changes: true),
        new("POST", Container("update"), ProxyCheck.Update, Changes: true),
        new("DELETE", AnyContainer(), ProxyCheck.OwnContainer, Changes: true),
        new("POST", CreateContainer(), ProxyCheck.Create, Changes: true),
        new("POST", CreateImage(), ProxyCheck.Pull, Changes: true, Login: true),
        new("DELETE", ExactImage(), ProxyCheck.RemoveImage, Changes: true),
        new("POST", CreateNetwork(), ProxyCheck.CreateNetwork, Changes: true),
        new("POST", ConnectNetwork(), ProxyCheck.Connect, Changes: true),
    ];

    /// <summary>Finds the rule of a call.</summary>
    /// <param name="method">HTTP method.</param>
    /// <param name="path">As it came, still escaped, without the query.</param>
    /// <param name="id">The container that it is about, where it is about one.</param>
    public static ProxyRule? Find(string method, string path, out string id)
    {
        id = "";
        var bare = path[Version().Match(path).Length..];
        if (bare.Contains("..", StringComparison.Ordinal) || bare.Contains("//", StringComparison.Ordinal))
        {
            return null;
        }

        foreach (var rule in All)
        {
            if (rule.Method == method && rule.Path.Match(bare) is { Success: true } match)
            {
                id = match.Groups["id"].Value;
                return rule;
            }
        }

        return null;
    }

    private static Regex Container(string what) => new($@"^/containers/(?<id>[A-Za-z0-9][A-Za-z0-9_.-]*)/{what}$", RegexOptions.CultureInvariant);

    [GeneratedRegex(@"^/v[0-9]+\.[0-9]+(?=/)")]
    private static partial Regex Version();

    [GeneratedRegex(@"^/(_ping|version|info|events|containers/json|networks|images/json)$")]
    private static partial Regex Fixed();

    [GeneratedRegex(@"^/_ping$")]
    private static partial Regex Ping();

    [GeneratedRegex(@"^/images/([A-Za-z0-9._:@/-]|%2F|%3A|%40)+/json$")]
    private static partial Regex Image();

    [GeneratedRegex(@"^/images/([A-Za-z0-9._:/-]|%3A)+(@|%40)sha256(:|%3A)[0-9a-f]{64}$")]
    private static partial Regex ExactImage();

    [GeneratedRegex(@"^/distribution/([A-Za-z0-9._:@/-]|%2F|%3A|%40)+/json$")]
    private static partial Regex Distribution();

    [GeneratedRegex(@"^/networks/[A-Za-z0-9][A-Za-z0-9_.-]*$")]
    private static partial Regex Network();

    [GeneratedRegex(@"^/containers/(?<id>[A-Za-z0-9][A-Za-z0-9_.-]*)$")]
    private static partial Regex AnyContainer();

    [GeneratedRegex(@"^/containers/create$")]
    private static partial Regex CreateContainer();

    [GeneratedRegex(@"^/images/create$")]
    private static partial Regex CreateImage();

    [GeneratedRegex(@"^/networks/create$")]
    private static partial Regex CreateNetwork();

    [GeneratedRegex(@"^/networks/[A-Za-z0-9][A-Za-z0-9_.-]*/connect$")]
    private static partial Regex ConnectNetwork();
}
