using System.Collections.Frozen;

namespace Gateway.Proxy.Forwarding;

/// <summary>The headers that are not forwarded, in either direction; a profile adds those of its engine.</summary>
/// <remarks>See also <see cref="CredentialName"/>.</remarks>
internal sealed class HeaderTable
{
    // They belong to one connection (RFC 9110, 7.6.1).
    private static readonly string[] HopByHop =
        ["Connection", "Keep-Alive", "Proxy-Connection", "Proxy-Authenticate", "Proxy-Authorization", "Proxy-Authentication-Info", "TE", "Trailer", "Transfer-Encoding", "Upgrade", "HTTP2-Settings"];

    /// <summary>Client headers that no engine gets.</summary>
    /// <remarks>Origins and accounts, claims about the caller's address, method and path overrides, encodings.</remarks>
    public static HeaderTable Sent { get; } = new(
        [
            .. HopByHop, "Host", "Expect", "Origin", "Referer", "Accept-Encoding", "OpenAI-Organization", "OpenAI-Project", "Forwarded", "X-Real-IP", "Via", "x-request-id",
            "True-Client-IP", "X-Client-IP", "X-Cluster-Client-IP", "CF-Connecting-IP", "CF-Connecting-IPv6", "Fastly-Client-IP", "Fly-Client-IP", "X-Method-Override",
            "X-User", "X-Username", "X-Email", "X-Groups", "X-Roles", "X-Pass", "X-Pin",
        ],
        [
            "X-Forwarded-", "X-Remote-", "Remote-", "X-Original-", "X-Rewrite-", "X-HTTP-Method", "X-Amz-", "X-Amzn-Oidc-", "X-Goog-", "CF-Access-", "X-MS-Client-Principal",
            "X-Authentik-", "X-Pomerium-", "X-Vouch-", "X-WebAuth-", "X-Envoy-", "Tailscale-", "SSL-Client-", "X-SSL-",
            "X-User-", "X-Azure-", "X-AppEngine-", "X-Tailscale-", "X-Okta-", "X-Auth0-", "X-Firebase-", "X-Clerk-", "X-Spiffe-",
        ]);

    /// <summary>Engine headers that no client gets.</summary>
    /// <remarks>Those that steer proxies or browsers, concern the whole origin, or reveal internals.</remarks>
    public static HeaderTable Returned { get; } = new(
        [
            .. HopByHop, "Server", "Date", "Via", "Set-Cookie", "Set-Cookie2", "Content-Length", "x-request-id",
            "Location", "Content-Location", "Refresh", "Link", "X-Sendfile", "X-Lighttpd-Send-File", "X-Reproxy-URL", "X-Frame-Options", "X-XSS-Protection", "X-DNS-Prefetch-Control",
            "X-UA-Compatible", "X-Permitted-Cross-Domain-Policies", "Alt-Svc", "Alt-Used", "Strict-Transport-Security", "Expect-CT", "Expect-Staple", "Clear-Site-Data", "Set-Login",
            "Service-Worker", "Service-Worker-Allowed", "SourceMap", "X-SourceMap", "Origin-Trial", "Accept-CH", "Critical-CH", "Speculation-Rules", "Supports-Loading-Mode",
            "No-Vary-Search", "Use-As-Dictionary", "Timing-Allow-Origin", "Report-To", "Reporting-Endpoints", "NEL", "Permissions-Policy", "Feature-Policy", "Referrer-Policy",
            "Origin-Agent-Cluster", "X-Powered-By", "X-AspNet-Version", "X-AspNetMvc-Version", "X-Generator", "X-Served-By", "X-Server", "X-Host", "X-Hostname", "X-Node", "X-Pod", "X-Pod-Name", "X-Instance", "X-Instance-Id", "X-Varnish", "X-Real-IP", "Forwarded",
            "Onion-Location", "Activate-Storage-Access", "Observe-Browsing-Topics", "Integrity-Policy", "Tk", "P3P", "Content-DPR", "X-Robots-Tag", "X-Download-Options", "X-Pingback",
            "X-Archive-Files", "X-Debug", "X-Runtime", "X-Worker", "X-Proxy-Cache",
        ],
        [
            "Access-Control-", "X-Accel-", "X-LiteSpeed-", "X-Middleware-", "Content-Security-Policy", "X-Content-Security-Policy", "X-WebKit-CSP", "Cross-Origin-", "Document-Policy", "Document-Isolation-Policy",
            "Public-Key-Pins", "X-Goog-", "X-Amz-", "X-Forwarded-", "X-Original-", "X-Rewrite-", "X-Envoy-", "X-Upstream", "X-Backend", "X-Internal-", "X-HTTP-Method",
            "X-Server-", "X-Container-", "X-Lua-", "Surrogate-", "CDN-", "Cloudflare-", "Edge-Control", "Sec-Session-", "Attribution-Reporting-",
            // This gateway's own words; another one behind it has others.
            "x-gateway-",
        ]);

    private readonly FrozenSet<string> _names;

    // By their first letters, so that a name is compared with few of them.
    private readonly string[] _prefixes;
    private readonly FrozenSet<int> _firstLetters;

    private HeaderTable(string[] names, string[] prefixes)
    {
        _names = names.ToFrozenSet(StringComparer.OrdinalIgnoreCase);
        _prefixes = prefixes;
        _firstLetters = prefixes.Select(static prefix => Mark(prefix)).ToFrozenSet();
    }

    /// <summary>The name is one that never passes, whatever the connection says.</summary>
    public static bool IsHopByHop(string name) => HopByHop.Contains(name, StringComparer.OrdinalIgnoreCase);

    public bool Has(string name)
    {
        if (_names.Contains(name))
        {
            return true;
        }

        if (name.Length < 3 || !_firstLetters.Contains(Mark(name)))
        {
            return false;
        }

        foreach (var prefix in _prefixes)
        {
            if (name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }

    private static int Mark(string name) => ((name[0] | 0x20) << 16) | ((name[1] | 0x20) << 8) | (name[2] | 0x20);
}

/// <summary>Recognises names of credentials (headers, query parameters, WebSocket subprotocols) by their words.</summary>
/// <remarks>Vendors invent such names faster than a list grows, but all consist of the same few words.</remarks>
internal static class CredentialName
{
    /// <summary>A word that makes the name one of a credential, wherever it stands.</summary>
    private static readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> Secret = Words(
        "auth", "oauth", "oidc", "saml", "jwt", "bearer", "dpop", "assertion", "cookie", "cookies", "secret", "secrets", "password", "passwd", "pwd", "passphrase",
        "passcode", "credential", "credentials", "cred", "creds", "signature", "sig", "hmac", "otp", "totp", "cert", "certificate", "clientcert");

    /// <summary>A key or a token that begins so opens nothing: it names, sorts or counts.</summary>
    private static readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> Harmless = Words(
        "idempotency", "idempotent", "websocket", "cache", "routing", "partition", "sort", "surrogate", "dedup", "deduplication", "affinity", "shard", "hash", "group",
        "primary", "foreign", "trace", "correlation", "message", "event", "object", "index", "lookup", "prompt", "batch", "conversation", "thread",
        "max", "min", "total", "completion", "input", "output", "first", "per", "next", "last", "page", "nextpage", "stop", "start", "end", "eos", "bos", "pad", "special",
        "new", "continuation", "sync", "mon", "tur", "don");

    /// <summary>A token followed by one of these is a piece of text that is counted.</summary>
    private static readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> Counting = Words(
        "count", "counts", "limit", "limits", "budget", "usage", "rate", "timeout", "id", "ids", "index", "price", "cost", "ratio", "latency", "throughput");

    private static readonly string[] Openers = ["token", "key", "keys"];

    private static readonly string[] SecretEnds = ["auth", "accesskeyid", "secret", "password", "cookie", "credential", "credentials"];

    public static bool Is(ReadOnlySpan<char> name)
    {
        var before = ReadOnlySpan<char>.Empty;
        while (!name.IsEmpty)
        {
            var end = name.IndexOfAny("-_.[]");
            var word = (end < 0 ? name : name[..end]).TrimEnd("0123456789");
            name = end < 0 ? default : name[(end + 1)..];
            if (IsSecret(word) || Opens(word, before, name))
            {
                return true;
            }

            before = word;
        }

        return false;
    }

    private static bool IsSecret(ReadOnlySpan<char> word)
    {
        // The shortest of them has three letters.
        if (word.Length < 3)
        {
            return false;
        }

        if (Secret.Contains(word) || word.StartsWith("authoriz", StringComparison.OrdinalIgnoreCase) || word.StartsWith("authenticat", StringComparison.OrdinalIgnoreCase))
        {
            return true;
        }

        foreach (var end in SecretEnds)
        {
            if (word.EndsWith(end, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }

    // A key or a token, written apart or together with what it is one of.
    private static bool Opens(ReadOnlySpan<char> word, ReadOnlySpan<char> before, ReadOnlySpan<char> after)
    {
        foreach (var opener in Openers)
        {
            if (word.EndsWith(opener, StringComparison.OrdinalIgnoreCase))
            {
                var of = word.Length == opener.Length ? before : word[..^opener.Length];
                return !Harmless.Contains(of) && !(opener == "token" && Counting.Contains(FirstWord(after)));
            }
        }

        return false;
    }

    private static ReadOnlySpan<char> FirstWord(ReadOnlySpan<char> name) => name.IndexOfAny("-_.") is var end and >= 0 ? name[..end] : name;

    private static FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> Words(params string[] words) =>
        words.ToFrozenSet(StringComparer.OrdinalIgnoreCase).GetAlternateLookup<ReadOnlySpan<char>>();
}
