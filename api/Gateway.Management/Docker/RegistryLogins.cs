using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Gateway.Management.Docker;

/// <summary>The logins of registries, as <c>docker login</c> keeps them in its <c>config.json</c>.</summary>
internal sealed record LoginFile([property: JsonPropertyName("auths")] Dictionary<string, LoginEntry?>? Auths);

/// <summary>One login.</summary>
/// <param name="Auth">User and password with a colon between them, in base64.</param>
/// <param name="Token">What a registry gave in place of the password.</param>
internal sealed record LoginEntry([property: JsonPropertyName("auth")] string? Auth, [property: JsonPropertyName("identitytoken")] string? Token);

/// <summary>A login as the Docker Engine takes it, in a header.</summary>
internal sealed record LoginHeader
{
    [JsonPropertyName("username")]
    public string? User { get; init; }

    [JsonPropertyName("password")]
    public string? Password { get; init; }

    [JsonPropertyName("identitytoken")]
    public string? Token { get; init; }

    [JsonPropertyName("serveraddress")]
    public required string Registry { get; init; }
}

/// <summary>Finds the login for an image's registry. The file is read for each use, so that a changed login counts at once; what is in it is never told.</summary>
/// <param name="file">Path of the file; null: there are no logins.</param>
internal sealed class RegistryLogins(string? file)
{
    /// <summary>The setting that names the file.</summary>
    public const string Setting = "GATEWAY_REGISTRY_AUTH_FILE";

    private const string Own = "docker.io";
    private static readonly string[] OwnNames = ["index.docker.io", "registry-1.docker.io", "registry.hub.docker.com"];

    /// <summary>The host that an image comes from.</summary>
    public static string RegistryOf(ImageReference image)
    {
        var slash = image.Repository.IndexOf('/', StringComparison.Ordinal);
        var first = slash < 0 ? "" : image.Repository[..slash];
        return first == "localhost" || first.AsSpan().IndexOfAny(".:") >= 0 ? Same(first) : Own;
    }

    /// <summary>The header with the login for an image's registry.</summary>
    /// <returns>Null where the file has none for it.</returns>
    /// <exception cref="DockerException">The file cannot be used.</exception>
    public string? Header(ImageReference image)
    {
        var registry = RegistryOf(image);
        var entry = file is null ? null : Read(file).FirstOrDefault(pair => Same(pair.Key) == registry).Value;
        if (entry is null || (string.IsNullOrEmpty(entry.Auth) && string.IsNullOrEmpty(entry.Token)))
        {
            return null;
        }

        var login = string.IsNullOrEmpty(entry.Auth) ? "" : Decode(entry.Auth, registry);
        var colon = login.IndexOf(':', StringComparison.Ordinal);
        var header = new LoginHeader
        {
            User = colon < 0 ? null : login[..colon],
            Password = colon < 0 || !string.IsNullOrEmpty(entry.Token) ? null : login[(colon + 1)..],
            Token = string.IsNullOrEmpty(entry.Token) ? null : entry.Token,
            Registry = registry,
        };

        // The alphabet for URLs, but with the padding.
        return Convert.ToBase64String(JsonSerializer.SerializeToUtf8Bytes(header, DockerJson.Default.LoginHeader)).Replace('+', '-').Replace('/', '_');
    }

    private static Dictionary<string, LoginEntry?> Read(string path)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(path), DockerJson.Default.LoginFile)?.Auths ?? [];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DockerException(DockerFault.Denied, $"{Setting}: {path} cannot be read: {e.Message}", e);
        }
        catch (JsonException e)
        {
            // The parser's own words may quote the file.
            throw new DockerException(DockerFault.Denied, $"{Setting}: {path} is not in the form of Docker's config.json (line {e.LineNumber + 1}): {{\"auths\": {{\"registry.example\": {{\"auth\": \"base64 of user:password\"}}}}}}.");
        }
    }

    private string Decode(string auth, string registry)
    {
        var bytes = new byte[auth.Length];
        return Convert.TryFromBase64String(auth, bytes, out var length) && Encoding.UTF8.GetString(bytes, 0, length) is var login && login.Contains(':', StringComparison.Ordinal)
            ? login
            : throw new DockerException(DockerFault.Denied, $"{Setting}: the auth of {registry} in {file} is not the base64 of user:password.");
    }

    // Keys may be addresses: https://index.docker.io/v1/ is what docker login writes for Docker's own registry.
    private static string Same(string key)
    {
        var scheme = key.IndexOf("://", StringComparison.Ordinal);
        var host = (scheme < 0 ? key : key[(scheme + 3)..]).Split('/')[0].ToLowerInvariant();
        return OwnNames.Contains(host) ? Own : host;
    }
}
