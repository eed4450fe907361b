using System.Text.Json;
using Gateway.Core.Errors;
using Gateway.Engines;

namespace Gateway.Core.Configuration;

/// <summary>Reads how engines are managed, where they are.</summary>
internal static class ManagementReader
{
    private const string Own = "local";
    private const string Detect = "auto";

    public static ManagementSettings Read(VariableReader variables)
    {
        var mode = variables.Choice("GATEWAY_MANAGEMENT", ["off", "read", "on"]);
        // Not only for engines: what keys have used of a month is kept there too.
        var data = variables.Required("GATEWAY_DATA_DIR", OnDisk);
        if (mode == "off")
        {
            // Other tools read DOCKER_HOST too: what it says is only judged where it is used.
            return new ManagementSettings { DataDirectory = data };
        }

        var own = Node(variables);
        var nodes = Nodes(variables);
        return new ManagementSettings
        {
            Mode = mode == "on" ? ManagementMode.On : ManagementMode.Read,
            Nodes = nodes.Count > 0 ? nodes : own is null ? [] : [own],
            DockerCertPath = variables.Optional("DOCKER_CERT_PATH", OnDisk),
            RegistryAuthFile = variables.Optional("GATEWAY_REGISTRY_AUTH_FILE", OnDisk),
            Galleries = Galleries(variables),
            ExternalBackends = variables.List("GATEWAY_EXTERNAL_BACKENDS", External),
            DataDirectory = data,
        };
    }

    private static NodeSettings? Node(VariableReader variables)
    {
        var host = variables.Required("DOCKER_HOST", DockerHost);
        var accelerator = variables.Choice("GATEWAY_ACCELERATOR", [Detect, .. Enum.GetNames<Accelerator>().Select(name => name.ToLowerInvariant())]);
        return host is null ? null : new NodeSettings(Own, host, Enum.TryParse<Accelerator>(accelerator, ignoreCase: true, out var fixedOne) ? fixedOne : null);
    }

    private static List<NodeSettings> Nodes(VariableReader variables)
    {
        var nodes = new List<NodeSettings>();
        foreach (var item in variables.Items("GATEWAY_NODES"))
        {
            var node = ParseNode(item);
            if (node is null || nodes.Any(other => other.Name == node.Name))
            {
                variables.Fault("GATEWAY_NODES", item);
                continue;
            }

            nodes.Add(node);
        }

        return nodes;
    }

    /// <summary><c>name=address</c>, with <c>?accelerator=nvidia</c> behind it where the Docker Engine cannot know.</summary>
    private static NodeSettings? ParseNode(string item)
    {
        const string Query = "?accelerator=";
        var equals = item.IndexOf('=', StringComparison.Ordinal);
        if (equals <= 0)
        {
            return null;
        }

        var address = item[(equals + 1)..].Trim();
        var query = address.IndexOf(Query, StringComparison.Ordinal);
        Accelerator? accelerator = null;
        if (query >= 0)
        {
            if (!Enum.TryParse<Accelerator>(address[(query + Query.Length)..], ignoreCase: true, out var given) || !Enum.IsDefined(given))
            {
                return null;
            }

            (accelerator, address) = (given, address[..query]);
        }

        var name = item[..equals].Trim();
        return NodeName(name) && DockerHost(address) is { } host ? new NodeSettings(name, host, accelerator) : null;
    }

    private static bool NodeName(string name) =>
        name.Length is >= 1 and <= 63 && char.IsAsciiLetterOrDigit(name[0]) && name.All(sign => char.IsAsciiLetterLower(sign) || char.IsAsciiDigit(sign) || sign is '-' or '_' or '.');

    private static string? DockerHost(string value)
    {
        const string Unix = "unix://";
        if (value.StartsWith(Unix, StringComparison.Ordinal))
        {
            return value.Length > Unix.Length + 1 && value[Unix.Length] == '/' && value.IndexOfAny(['?', '#', '\0']) < 0 ? value : null;
        }

        return Uri.TryCreate(value, UriKind.Absolute, out var url) && url is { Scheme: "tcp", Host.Length: > 0, Port: > 0, PathAndQuery: "" or "/", UserInfo: "", Fragment: "" } ? value : null;
    }

    private static string? OnDisk(string value) => value.Contains('\0', StringComparison.Ordinal) ? null : value;

    /// <summary>A name of a gallery, or an image.</summary>
    public static string? Source(string id) => id.Length is 0 or > 512 || id.Any(sign => sign is <= ' ' or > '~') ? null : id;

    private static ExternalBackend? External(string item)
    {
        var equals = item.IndexOf('=', StringComparison.Ordinal);
        var id = equals < 0 ? item : item[..equals].Trim();
        var model = equals < 0 ? null : SettingParsers.Model(item[(equals + 1)..].Trim());
        return Source(id) is null || (equals >= 0 && model is null) ? null : new ExternalBackend(id, model);
    }

    // A list of addresses, or the JSON list of another server's settings file.
    private static List<GallerySettings> Galleries(VariableReader variables)
    {
        const string Name = "GATEWAY_BACKEND_GALLERIES";
        var value = variables.Get(Name);
        var galleries = new List<GallerySettings>();
        if (value.StartsWith('['))
        {
            if (!TryReadJson(value, galleries))
            {
                variables.Fault(Name, value);
            }

            return galleries;
        }

        foreach (var item in variables.Items(Name))
        {
            if (ParseGallery(item) is { } gallery)
            {
                galleries.Add(gallery);
            }
            else
            {
                variables.Fault(Name, item);
            }
        }

        return galleries;
    }

    private static GallerySettings? ParseGallery(string item)
    {
        var equals = item.IndexOf('=', StringComparison.Ordinal);
        var named = equals > 0 && SettingParsers.Name(item[..equals].Trim()) is not null;
        var name = named ? item[..equals].Trim() : null;
        return Gallery(name, named ? item[(equals + 1)..].Trim() : item);
    }

    private static GallerySettings? Gallery(string? name, string url)
    {
        if (url.Length is 0 or > 2048 || url.Any(char.IsControl))
        {
            return null;
        }

        if (url.Contains("://", StringComparison.Ordinal)
            && (!Uri.TryCreate(url, UriKind.Absolute, out var parsed) || parsed.UserInfo.Length > 0 || (parsed.Scheme is not ("http" or "https") && !parsed.IsFile)))
        {
            return null;
        }

        var last = url.TrimEnd('/').Split('/')[^1];
        return new GallerySettings(name ?? SettingParsers.Name(last.Split('?')[0]) ?? "gallery", url);
    }

    private static bool TryReadJson(string value, List<GallerySettings> galleries)
    {
        try
        {
            foreach (var item in JsonSerializer.Deserialize(value, GatewayJson.Default.JsonElement).EnumerateArray())
            {
                if (Gallery(item.TryGetProperty("name", out var name) ? name.GetString() : null, item.GetProperty("url").GetString() ?? "") is not { } gallery)
                {
                    return false;
                }

                galleries.Add(gallery);
            }

            return true;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            return false;
        }
    }
}
