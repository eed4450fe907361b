using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text;
using Gateway.Core.Configuration;

namespace Gateway.Proxy.Keys;

/// <summary>What became of a presented key.</summary>
public enum KeyCheck
{
    Accepted,
    Missing,
    Wrong,
}

/// <summary>The clients' keys as SHA-256 only, compared in fixed time, so that a thousand keys cost what one costs.</summary>
public sealed class ApiKeyStore
{
    private const int MaxKey = 512;

    private readonly FrozenDictionary<long, ClientKey[]> _keys;

    public ApiKeyStore(IReadOnlyList<ClientKey> keys)
    {
        All = keys;
        _keys = keys.GroupBy(key => BitConverter.ToInt64(key.Hash)).ToFrozenDictionary(group => group.Key, group => group.ToArray());
    }

    /// <summary>The keys in the order of the settings.</summary>
    public IReadOnlyList<ClientKey> All { get; }

    /// <summary>No keys are set: every client that reaches the gateway (on loopback only) may use it.</summary>
    public bool Anonymous => _keys.Count == 0;

    /// <summary>Judges the credentials of a request.</summary>
    public KeyCheck Check(IHeaderDictionary headers, out ClientKey? key)
    {
        key = null;
        if (Anonymous)
        {
            return KeyCheck.Accepted;
        }

        var presented = Presented(headers);
        if (presented.IsEmpty)
        {
            return KeyCheck.Missing;
        }

        key = presented.Length > MaxKey ? null : Find(presented);
        return key is null ? KeyCheck.Wrong : KeyCheck.Accepted;
    }

    /// <summary>The text has the key in it that the request presents, whether it is a right one or not.</summary>
    public static bool IsPresented(IHeaderDictionary headers, string text) =>
        Presented(headers) is { Length: >= 8 } presented && text.AsSpan().Contains(presented, StringComparison.Ordinal);

    /// <summary>The text of a key that was accepted, as the request carries it; empty where none was asked for.</summary>
    public static ReadOnlySpan<char> PresentedBy(IHeaderDictionary headers, ClientKey? accepted) => accepted is null ? default : Presented(headers);

    private ClientKey? Find(ReadOnlySpan<char> presented)
    {
        Span<byte> bytes = stackalloc byte[MaxKey * 3];
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        var length = Encoding.UTF8.GetBytes(presented, bytes);
        SHA256.HashData(bytes[..length], hash);
        if (_keys.TryGetValue(BitConverter.ToInt64(hash), out var candidates))
        {
            foreach (var candidate in candidates)
            {
                if (CryptographicOperations.FixedTimeEquals(candidate.Hash, hash))
                {
                    return candidate;
                }
            }
        }

        return null;
    }

    private static ReadOnlySpan<char> Presented(IHeaderDictionary headers)
    {
        const string Scheme = "Bearer ";
        if (headers.Authorization is { Count: 1 } authorization && authorization[0] is { } value
            && value.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
        {
            return value.AsSpan(Scheme.Length).Trim();
        }

        return headers.TryGetValue("x-api-key", out var key) && key.Count == 1 ? key[0].AsSpan().Trim() : AmongSubprotocols(headers);
    }

    // Browsers can set no header on a WebSocket but its subprotocols, so OpenAI takes the key as one of them.
    private static ReadOnlySpan<char> AmongSubprotocols(IHeaderDictionary headers)
    {
        const string Prefix = "openai-insecure-api-key.";
        if (!headers.Upgrade.ToString().Equals("websocket", StringComparison.OrdinalIgnoreCase))
        {
            return default;
        }

        foreach (var protocol in headers.SecWebSocketProtocol.ToString().Split(',', StringSplitOptions.TrimEntries))
        {
            if (protocol.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase))
            {
                return protocol.AsSpan(Prefix.Length);
            }
        }

        return default;
    }
}
