using Gateway.Proxy.Forwarding;
using Microsoft.Extensions.Primitives;

namespace Gateway.Proxy.Realtime;

/// <summary>The subprotocols of a WebSocket, among which browsers put their key, because they can set no header of it.</summary>
internal static class Subprotocols
{
    /// <summary>What is left for the engine; nothing is sent where nothing is.</summary>
    /// <param name="protocols">Those of the client.</param>
    /// <param name="key">The key that the gateway took; empty where it asked for none.</param>
    public static StringValues WithoutCredentials(StringValues protocols, ReadOnlySpan<char> key)
    {
        var kept = new List<string>();
        foreach (var protocol in protocols.ToString().Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (!CredentialName.Is(protocol) && !IsAccount(protocol) && (key.IsEmpty || !protocol.AsSpan().Contains(key, StringComparison.Ordinal)))
            {
                kept.Add(protocol);
            }
        }

        return kept.Count == 0 ? StringValues.Empty : string.Join(", ", kept);
    }

    private static bool IsAccount(string protocol) =>
        protocol.StartsWith("openai-organization.", StringComparison.OrdinalIgnoreCase) || protocol.StartsWith("openai-project.", StringComparison.OrdinalIgnoreCase);
}
