using System.Text.RegularExpressions;

namespace Gateway.Management.Proxy;

/// <summary>What is checked before a call is passed on.</summary>
internal enum ProxyCheck
{
    /// <summary>It only reads.</summary>
    None,

    /// <summary>The container must carry the gateway's label.</summary>
    OwnContainer,

    /// <summary>As <see cref="OwnContainer"/>, and what it mounts must still be what it was made with.</summary>
    Start,

    /// <summary>The new container must be one that the gateway itself makes.</summary>
    Create,

    /// <summary>Only the restart policy may be changed.</summary>
    Update,

    /// <summary>The new network must be one that the gateway itself makes.</summary>
    CreateNetwork,

    /// <summary>The container and the network must be the gateway's.</summary>
    Connect,
}

/// <summary>What of the answer is passed back.</summary>
internal enum ProxyAnswer
{
    /// <summary>All of it, as it comes.</summary>
    Stream,
    Version,
    Info,
    Image,
    Distribution,
    Container,
    Containers,
    Network,
    Networks,
}

/// <summary>A call that is passed on.</summary>
/// <param name="Method">HTTP method.</param>
/// <param name="Path">Its path behind the version, whole.</param>
/// <param name="Answer">What of the answer is passed back.</param>
/// <param name="Query">The members that its query may have, with what their values may be.</param>
internal sealed record ProxyRule(string Method, Regex Path, ProxyAnswer Answer, params (string Name, Regex Value)[] Query)
{
    public ProxyCheck Check { get; init; }

    /// <summary>It is refused in read-only mode.</summary>
    public bool Changes { get; init; }

    /// <summary>The login for a registry goes with it.</summary>
    public bool Login { get; init; }
}

/// <summary>The calls that the gateway's own client makes. Everything else is refused.</summary>
internal static partial class ProxyRules
{
    private const string Container = "/containers/(?<id>[A-Za-z0-9][A-Za-z0-9_.-]*)";

    public static IReadOnlyList<ProxyRule> All { get; } =
    [
        new("GET", Exactly("/_ping"), ProxyAnswer.Stream),
        new("HEAD", Exactly("/_ping"), ProxyAnswer.Stream),
        new("GET", Exactly("/version"), ProxyAnswer.Version),
        new("GET", Exactly("/info"), ProxyAnswer.Info),
        new("GET", Image(), ProxyAnswer.Image),
        new("GET", Distribution(), ProxyAnswer.Distribution) { Login = true },
        new("POST", Exactly("/images/create"), ProxyAnswer.Stream, ("fromImage", Repository()), ("tag", Tag())) { Changes = true, Login = true },
        new("DELETE", ExactImage(), ProxyAnswer.Stream) { Changes = true },
        new("GET", Exactly("/containers/json"), ProxyAnswer.Containers, ("all", Flag()), ("filters", Filter())),
        new("GET", Exactly($"{Container}/json"), ProxyAnswer.Container),
        new("GET", Exactly($"{Container}/logs"), ProxyAnswer.Stream, ("stdout", Flag()), ("stderr", Flag()), ("follow", Flag()), ("tail", Number())) { Check = ProxyCheck.OwnContainer },
        new("POST", Exactly("/containers/create"), ProxyAnswer.Stream, ("name", ContainerName())) { Check = ProxyCheck.Create, Changes = true },
        new("POST", Exactly($"{Container}/start"), ProxyAnswer.Stream) { Check = ProxyCheck.Start, Changes = true },
        new("POST", Exactly($"{Container}/stop"), ProxyAnswer.Stream, ("t", Number())) { Check = ProxyCheck.OwnContainer, Changes = true },
        new("POST", Exactly($"{Container}/update"), ProxyAnswer.Stream) { Check = ProxyCheck.Update, Changes = true },
        new("DELETE", Exactly(Container), ProxyAnswer.Stream, ("force", Flag()), ("v", Flag())) { Check = ProxyCheck.OwnContainer, Changes = true },
        new("GET", Exactly("/networks"), ProxyAnswer.Networks, ("filters", Filter())),
        new("GET", Exactly("/networks/[A-Za-z0-9][A-Za-z0-9_.-]*"), ProxyAnswer.Network),
        new("POST", Exactly("/networks/create"), ProxyAnswer.Stream) { Check = ProxyCheck.CreateNetwork, Changes = true },
        new("POST", Exactly("/networks/(?<id>[A-Za-z0-9][A-Za-z0-9_.-]*)/connect"), ProxyAnswer.Stream) { Check = ProxyCheck.Connect, Changes = true },
    ];

    private static Regex Exactly(string path) => new($@"\A{path}\z", RegexOptions.CultureInvariant);

    [GeneratedRegex(@"\A/images/([A-Za-z0-9._:@/-]|%2F|%3A|%40)+/json\z")]
    private static partial Regex Image();

    [GeneratedRegex(@"\A/images/([A-Za-z0-9._:/-]|%3A)+(@|%40)sha256(:|%3A)[0-9a-f]{64}\z")]
    private static partial Regex ExactImage();

    [GeneratedRegex(@"\A/distribution/([A-Za-z0-9._:@/-]|%2F|%3A|%40)+/json\z")]
    private static partial Regex Distribution();

    [GeneratedRegex(@"\A[a-z0-9][A-Za-z0-9._:/-]*\z")]
    private static partial Regex Repository();

    [GeneratedRegex(@"\A([A-Za-z0-9_][A-Za-z0-9._-]*|sha256:[0-9a-f]{64})\z")]
    private static partial Regex Tag();

    [GeneratedRegex(@"\A[01]\z")]
    private static partial Regex Flag();

    [GeneratedRegex(@"\A([0-9]{1,6}|all)\z")]
    private static partial Regex Number();

    [GeneratedRegex(@"\A[A-Za-z0-9][A-Za-z0-9_.-]*\z")]
    private static partial Regex ContainerName();

    // No other filter: which containers match one tells what is in them.
    [GeneratedRegex(@"\A\{""label"":\{""gateway\.managed=[A-Za-z0-9_.-]*"":true\}\}\z")]
    private static partial Regex Filter();
}
