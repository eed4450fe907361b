using System.Collections.Frozen;

namespace Gateway.Proxy.Forwarding;

/// <summary>
/// Says by its shape whether a name (of a header, a query parameter, a WebSocket subprotocol) is that of a credential. Vendors invent
/// such names faster than a list of them grows, but all are made of the same few words.
/// </summary>
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
