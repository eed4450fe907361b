using System.Text.Json;
using Gateway.Management.Lifecycle;

namespace Gateway.Management.Proxy;

/// <summary>What of the Docker Engine's answers is passed back: the gateway's own containers whole, of others that they are there, and of all else what the gateway reads.</summary>
internal static class ProxyView
{
    /// <exception cref="JsonException">It is none of a Docker Engine's answers.</exception>
    public static byte[] Of(ProxyAnswer kind, byte[] answer) => kind switch
    {
        ProxyAnswer.Version => Written(json => WriteParts(json, Read(answer), "Version", "ApiVersion", "MinAPIVersion")),
        ProxyAnswer.Info => Written(json => WriteInfo(json, Read(answer))),
        ProxyAnswer.Image => Written(json => WriteParts(json, Read(answer), "Id", "RepoDigests", "Size")),
        ProxyAnswer.Distribution => Written(json => WriteDistribution(json, Read(answer))),
        ProxyAnswer.Container => Written(json => WriteContainer(json, Read(answer), listed: false)),
        ProxyAnswer.Containers => Written(json => WriteAll(json, Read(answer), container => WriteContainer(json, container, listed: true))),
        ProxyAnswer.Network => Written(json => WriteNetwork(json, Read(answer))),
        ProxyAnswer.Networks => Written(json => WriteAll(json, Read(answer), network => WriteNetwork(json, network))),
        ProxyAnswer.Stream => answer,
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };

    public static JsonElement Read(byte[] answer) => JsonSerializer.Deserialize(answer, ProxyAnswerJson.Default.JsonElement);

    /// <summary>A member, or a member of a member; undefined where there is none.</summary>
    public static JsonElement Member(JsonElement element, params ReadOnlySpan<string> path)
    {
        foreach (var name in path)
        {
            element = element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var found) ? found : default;
        }

        return element;
    }

    public static string? Text(JsonElement element) => element.ValueKind == JsonValueKind.String ? element.GetString() : null;

    public static bool IsOurs(JsonElement labels) => Member(labels, EngineLabels.Managed).ValueKind == JsonValueKind.String;

    /// <summary>It is the gateway's own container, as the operator has labelled it.</summary>
    public static bool IsSelf(JsonElement labels) => Member(labels, EngineLabels.Self).ValueKind == JsonValueKind.String;

    private static byte[] Written(Action<Utf8JsonWriter> write)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            write(json);
        }

        return buffer.ToArray();
    }

    private static void WriteAll(Utf8JsonWriter json, JsonElement list, Action<JsonElement> write)
    {
        json.WriteStartArray();
        foreach (var element in list.ValueKind == JsonValueKind.Array ? list.EnumerateArray() : throw new JsonException("It is no list."))
        {
            write(element);
        }

        json.WriteEndArray();
    }

    private static void WriteParts(Utf8JsonWriter json, JsonElement element, params ReadOnlySpan<string> members)
    {
        json.WriteStartObject();
        Copy(json, element, members);
        json.WriteEndObject();
    }

    private static void WriteDistribution(Utf8JsonWriter json, JsonElement distribution)
    {
        json.WriteStartObject();
        Part(json, distribution, "Descriptor", "digest", "size");
        json.WriteEndObject();
    }

    // Of runtimes only the names, of devices what they are called.
    private static void WriteInfo(Utf8JsonWriter json, JsonElement info)
    {
        json.WriteStartObject();
        Copy(json, info, "ServerVersion", "OSType", "Architecture", "DockerRootDir", "NCPU", "MemTotal");
        json.WriteStartObject("Runtimes");
        foreach (var runtime in Members(Member(info, "Runtimes")))
        {
            json.WriteStartObject(runtime.Name);
            json.WriteEndObject();
        }

        json.WriteEndObject();
        json.WritePropertyName("DiscoveredDevices");
        json.WriteStartArray();
        foreach (var device in Elements(Member(info, "DiscoveredDevices")))
        {
            WriteParts(json, device, "Source", "ID");
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteContainer(Utf8JsonWriter json, JsonElement container, bool listed)
    {
        var labels = listed ? Member(container, "Labels") : Member(container, "Config", "Labels");
        if (IsOurs(labels))
        {
            container.WriteTo(json);
            return;
        }

        json.WriteStartObject();
        Copy(json, container, "Id", "Name", "Names");
        if (listed)
        {
            Copy(json, container, "State");
        }
        else
        {
            Part(json, container, "State", "Status", "Running");
            json.WriteStartObject("Config");
        }

        json.WriteStartObject("Labels");
        Copy(json, labels, EngineLabels.Self);
        json.WriteEndObject();
        if (!listed)
        {
            json.WriteEndObject();
        }

        if (IsSelf(labels))
        {
            WriteSelf(json, container);
        }

        json.WriteEndObject();
    }

    // The gateway finds its engines' network and folder by its own container.
    private static void WriteSelf(Utf8JsonWriter json, JsonElement container)
    {
        json.WriteStartObject("NetworkSettings");
        json.WriteStartObject("Networks");
        foreach (var network in Members(Member(container, "NetworkSettings", "Networks")))
        {
            json.WritePropertyName(network.Name);
            WriteParts(json, network.Value, "NetworkID", "IPAddress");
        }

        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteStartArray("Mounts");
        foreach (var mount in Elements(Member(container, "Mounts")))
        {
            WriteParts(json, mount, "Type", "Source", "Destination");
        }

        json.WriteEndArray();
    }

    private static void WriteNetwork(Utf8JsonWriter json, JsonElement network)
    {
        json.WriteStartObject();
        Copy(json, network, "Id", "Name", "Internal");
        Part(json, network, "Labels", EngineLabels.Managed);
        json.WriteEndObject();
    }

    private static IEnumerable<JsonProperty> Members(JsonElement element) =>
        element.ValueKind == JsonValueKind.Object ? element.EnumerateObject() : Enumerable.Empty<JsonProperty>();

    private static IEnumerable<JsonElement> Elements(JsonElement element) =>
        element.ValueKind == JsonValueKind.Array ? element.EnumerateArray() : Enumerable.Empty<JsonElement>();

    private static void Part(Utf8JsonWriter json, JsonElement element, string name, params ReadOnlySpan<string> members)
    {
        json.WriteStartObject(name);
        Copy(json, Member(element, name), members);
        json.WriteEndObject();
    }

    private static void Copy(Utf8JsonWriter json, JsonElement element, params ReadOnlySpan<string> members)
    {
        foreach (var name in members)
        {
            if (Member(element, name) is { ValueKind: not JsonValueKind.Undefined } value)
            {
                json.WritePropertyName(name);
                value.WriteTo(json);
            }
        }
    }
}
