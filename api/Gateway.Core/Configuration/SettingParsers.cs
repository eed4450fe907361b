using System.Net;
using System.Security.Cryptography;
using System.Text;

namespace Gateway.Core.Configuration;

/// <summary>Parsers of single values; null means the value is not allowed.</summary>
public static class SettingParsers
{
    private const int MaxModelName = 512;

    /// <summary>They are no apps': pages of theirs have another origin, or none.</summary>
    private static readonly string[] NetworkSchemes = ["http", "https", "ws", "wss", "ftp", "file", "data", "blob", "about", "javascript"];

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

    /// <summary>A model's name that is one.</summary>
    public static string? Model(string value) => value.Length > 0 ? ModelName(value) : null;

    /// <summary>A name for a model, with <c>*</c> only at its end.</summary>
    public static string? AliasName(string value) => value.IndexOf('*', StringComparison.Ordinal) is var star && (star < 0 || star == value.Length - 1) ? Model(value) : null;

    /// <summary>A name for logs, headers and metrics.</summary>
    public static string? Name(string value) =>
        value.Length is >= 1 and <= 64 && value.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.') ? value : null;

    public static byte[]? KeyHash(string value) => IsToken(value, 8) ? Hash(value) : null;

    public static byte[]? Sha256(string value) => value.Length == 64 && value.All(char.IsAsciiHexDigit) ? Convert.FromHexString(value) : null;

    /// <summary><c>backend</c> or <c>backend/model</c>; a model's name may have slashes of its own.</summary>
    public static FallbackTarget? Fallback(string value)
    {
        var slash = value.IndexOf('/', StringComparison.Ordinal);
        var backend = Name(slash < 0 ? value : value[..slash]);
        var model = slash < 0 ? null : Model(value[(slash + 1)..]);
        return backend is null || (slash >= 0 && model is null) ? null : new FallbackTarget(backend, model);
    }

    public static IReadOnlyList<string> ResumeWords { get; } = ["off", "buffer", "continue"];

    public static Resume Resume(string word) => word switch
    {
        "buffer" => Gateway.Core.Configuration.Resume.Buffer,
        "continue" => Gateway.Core.Configuration.Resume.Continue,
        _ => Gateway.Core.Configuration.Resume.Off,
    };

    public static IReadOnlyList<string> TranslateWords { get; } = ["auto", "always", "never"];

    public static Translate Translate(string word) => word switch
    {
        "always" => Gateway.Core.Configuration.Translate.Always,
        "never" => Gateway.Core.Configuration.Translate.Never,
        _ => Gateway.Core.Configuration.Translate.Auto,
    };

    public static IReadOnlyList<string> StreamPlainWords { get; } = ["auto", "on", "off"];

    public static StreamPlain StreamPlain(string word) => word switch
    {
        "on" => Gateway.Core.Configuration.StreamPlain.On,
        "off" => Gateway.Core.Configuration.StreamPlain.Off,
        _ => Gateway.Core.Configuration.StreamPlain.Auto,
    };

    public static string? ObjectKey(string value) => value == "*" ? value : Name(value);

    public static IReadOnlyList<string> ServerToolWords { get; } = ["auto", "strip", "allow"];

    public static ServerToolRule ServerTools(string word) => word switch
    {
        "strip" => ServerToolRule.Strip,
        "allow" => ServerToolRule.Allow,
        _ => ServerToolRule.Auto,
    };

    public static ClientKey? AdminKey(string value) => IsToken(value, 8) ? new ClientKey("admin", Hash(value)) : null;

    /// <summary><c>key</c> or <c>name:key</c>; a key without a name is called by its place in the list.</summary>
    public static ClientKey? NamedKey(string value, int place)
    {
        var colon = value.IndexOf(':', StringComparison.Ordinal);
        var name = colon > 0 ? value[..colon] : FormattableString.Invariant($"key-{place}");
        var key = colon > 0 ? value[(colon + 1)..] : value;
        return IsToken(key, 8) && Name(name) is not null ? new ClientKey(name, Hash(key)) : null;
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
        return Model(model) is not null && AliasName(name) is not null ? new ModelAlias(name, model) : null;
    }

    public static string? Host(string value) =>
        value is "*" or "localhost" || IPAddress.TryParse(value, out _) ? value : null;

    /// <summary>An address to listen on, or a name that comes to one.</summary>
    public static string? HostOrName(string value) => Host(value) ?? (Uri.CheckHostName(value) == UriHostNameType.Dns ? value : null);

    /// <summary>An origin as browsers send it. Apps and extensions have schemes of their own; <c>null</c> and <c>file://</c> name no one page.</summary>
    public static string? Origin(string value) =>
        value == "*" || (Url(value) is { PathAndQuery: "/" } && !value.EndsWith('/')) || IsAppOrigin(value)
            ? value
            : null;

    private static bool IsAppOrigin(string value)
    {
        var end = value.IndexOf("://", StringComparison.Ordinal);
        return end > 0 && end + 3 < value.Length && value.Length <= 256
            && char.IsAsciiLetter(value[0])
            && value[..end].All(static c => char.IsAsciiLetterOrDigit(c) || c is '+' or '-' or '.')
            && !NetworkSchemes.Contains(value[..end], StringComparer.OrdinalIgnoreCase)
            && value[(end + 3)..].All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '_' or ':');
    }

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
