using Gateway.Core.Configuration;
using Gateway.Core.Errors;
using Gateway.Proxy.Pipeline;

namespace Gateway.Proxy.Keys;

/// <summary>Checks the admin key of the snapshot in force; whether there are operator pages is decided at the start.</summary>
public sealed class AdminAccess(GatewaySettings start, CurrentSnapshot snapshot)
{
    private volatile ApiKeyStore _store = StoreOf(start.AdminApiKey);

    /// <summary>There are such pages. Without a key there are none, and the table of routes says so.</summary>
    public bool IsOn => start.AdminApiKey is not null && InForce is not null;

    /// <summary>There was a key at the start, and so there are routes for operators.</summary>
    public bool IsConfigured => start.AdminApiKey is not null;

    private ClientKey? InForce => snapshot.Value is { } current ? current.Settings.AdminApiKey : start.AdminApiKey;

    public bool Accepts(IHeaderDictionary headers) => IsOn && Store().Check(headers, out _) == KeyCheck.Accepted;

    /// <summary>The error for a request without the key; else null.</summary>
    /// <param name="headers">The request's headers.</param>
    /// <param name="key">The key.</param>
    public GatewayError? Check(IHeaderDictionary headers, out ClientKey? key)
    {
        key = null;
        var check = IsOn ? Store().Check(headers, out key) : KeyCheck.Wrong;
        return check == KeyCheck.Accepted ? null : check == KeyCheck.Missing ? GatewayError.MissingApiKey : GatewayError.InvalidApiKey;
    }

    private ApiKeyStore Store()
    {
        var (store, key) = (_store, InForce);
        return ReferenceEquals(store.All is [var known] ? known : null, key) ? store : _store = StoreOf(key);
    }

    private static ApiKeyStore StoreOf(ClientKey? key) => new(key is null ? [] : [key]);
}
