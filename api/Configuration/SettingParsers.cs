using System.Net;
using System.Security.Cryptography;
using System.Text;

namespace Gateway.Configuration;

/// <summary>Parsers of single values; null means the value is not allowed.</summary>
internal static class SettingParsers
{
    private const int MaxModelName = 512;

    public static Uri? Url(string value)
    {
        if (!Uri.TryCreate(value, UriKind.Absolute, out var url)
            || (url.Scheme != Uri.UriSchemeHttp && url.Scheme != Uri.UriSchemeHttps)
            || url.UserInfo.Length > 0 || url.Query.Length > 0 || url.Fragment.Length > 0)
        {
            return null;
        }

        return url;
    }

    public static string? HeaderValue(string value) => IsToken(value, 1) ? value : null;

    public static string? ModelName(string value) => value.Length <= MaxModelName && !value.Any(char.IsControl) ? value : null;

    public static ClientKey? AdminKey(string value) => IsToken(value, 8) ? new ClientKey("admin", Hash(value)) : null;

    /// <summary><c>key</c> or <c>name:key</c>; a key without a name is called by its place in the list.</summary>
    public static ClientKey? NamedKey(string value, int place)
    {
        var colon = value.IndexOf(':', StringComparison.Ordinal);
        var name = colon > 0 ? value[..colon] : FormattableString.Invariant($"key-{place}");
        var key = colon > 0 ? value[(colon + 1)..] : value;
        return IsToken(key, 8) && name.Length <= 64 && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.')
            ? new ClientKey(name, Hash(key))
            : null;
    }

    public static ModelAlias? Alias(string value)
    {
        var equals = value.IndexOf('=', StringComparison.Ordinal);
        if (equals <= 0)
        {
            return null;
        }

        var name = value[..equals].Trim();
        var model = value[(equals + 1)..].Trim();
        var star = name.IndexOf('*', StringComparison.Ordinal);
        return model.Length > 0 && name.Length > 0 && ModelName(model) is not null && ModelName(name) is not null && (star < 0 || star == name.Length - 1)
            ? new ModelAlias(name, model)
            : null;
    }

    public static string? Host(string value) =>
        value is "*" or "localhost" || IPAddress.TryParse(value, out _) ? value : null;

    public static string? Origin(string value) =>
        value == "*" || (Url(value) is { PathAndQuery: "/" } && !value.EndsWith('/'))
            ? value
            : null;

    /// <summary>A refused URL as a message may show it: without the user before its host and without its query.</summary>
    public static string WithoutSecrets(string value)
    {
        var start = value.IndexOf("://", StringComparison.Ordinal) + 3;
        if (start < 3)
        {
            return value;
        }

        var query = value.IndexOf('?', start);
        var shown = query < 0 ? value : value[..(query + 1)] + "***";
        var user = shown.LastIndexOf('@');
        return user < start ? shown : value[..start] + "***" + shown[user..];
    }

    public static bool IsLoopback(string host) =>
        host == "localhost" || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));

    public static byte[] Hash(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));

    private static bool IsToken(string value, int least) =>
        value.Length >= least && value.Length <= 512 && value.All(c => c is > ' ' and <= '~');
}
