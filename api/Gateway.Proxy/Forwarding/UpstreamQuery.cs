using Gateway.Core.Configuration;
using Gateway.Engines;
using Gateway.Engines.Endpoints;
using Gateway.Proxy.Keys;

namespace Gateway.Proxy.Forwarding;

/// <summary>The query that an engine gets: the client's, without credentials and without what steers the engine's inside.</summary>
internal static class UpstreamQuery
{
    /// <summary>The query with its question mark; empty when there is none.</summary>
    /// <param name="request">The client's request.</param>
    /// <param name="accepted">The key it came with.</param>
    /// <param name="profile">The engine.</param>
    /// <param name="endpoint">The route.</param>
    /// <param name="sendModel">The engine's own name for the model, where it differs.</param>
    public static string Of(HttpRequest request, ClientKey? accepted, EngineProfile profile, EndpointSpec endpoint, string? sendModel)
    {
        if (!request.QueryString.HasValue)
        {
            return "";
        }

        // What is kept is kept as it was written: an engine may mind how a value is encoded.
        var renames = endpoint.Model == ModelLocation.Query && sendModel is not null;
        var key = ApiKeyStore.PresentedBy(request.Headers, accepted);
        var kept = new List<string>();
        foreach (var pair in request.QueryString.Value.TrimStart('?').Split('&'))
        {
            var parts = pair.Split('=', 2);
            var name = Decoded(parts[0]);
            if (IsCredential(name, parts.Length == 2 ? parts[1] : "", key) || profile.Requests.StripQuery.Contains(name, StringComparer.OrdinalIgnoreCase))
            {
                continue;
            }

            kept.Add(renames && name.Equals("model", StringComparison.OrdinalIgnoreCase) ? $"model={Uri.EscapeDataString(sendModel!)}" : pair);
        }

        return kept.Count == 0 ? "" : "?" + string.Join('&', kept);
    }

    // Function hosts take their key as "code".
    private static bool IsCredential(string name, string value, ReadOnlySpan<char> key) =>
        name.Equals("code", StringComparison.OrdinalIgnoreCase) || CredentialName.Is(name)
        || (!key.IsEmpty && (name.AsSpan().Contains(key, StringComparison.Ordinal) || Decoded(value).AsSpan().Contains(key, StringComparison.Ordinal)));

    private static string Decoded(string text) => Uri.UnescapeDataString(text.Replace('+', ' '));
}
