using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Gateway.Management.Docker;
using Gateway.Management.Lifecycle;

namespace Gateway.Management.Proxy;

/// <summary>What of the Docker Engine's answers is passed back: the gateway's own containers whole, of others that they are there, and of all else what the gateway reads.</summary>
internal static class ProxyView
{
    /// <exception cref="JsonException">It is none of a Docker Engine's answers.</exception>
    public static byte[] Of(ProxyAnswer kind, byte[] answer) => kind switch
    {
        ProxyAnswer.Version => Project(answer, DockerJson.Default.VersionAnswer),
        ProxyAnswer.Info => Project(answer, DockerJson.Default.InfoAnswer),
        ProxyAnswer.Image => Project(answer, DockerJson.Default.ImageAnswer),
        ProxyAnswer.Distribution => Project(answer, DockerJson.Default.DistributionAnswer),
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

    private static byte[] Project<T>(byte[] answer, JsonTypeInfo<T> type) =>
        JsonSerializer.SerializeToUtf8Bytes(JsonSerializer.Deserialize(answer, type) ?? throw new JsonException("It is null."), type);

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
        if (Member(container, "NetworkSettings", "Networks") is { ValueKind: JsonValueKind.Object } networks)
        {
            foreach (var network in networks.EnumerateObject())
            {
                Part(json, networks, network.Name, "NetworkID", "IPAddress");
            }
        }

        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteStartArray("Mounts");
        if (Member(container, "Mounts") is { ValueKind: JsonValueKind.Array } mounts)
        {
            foreach (var mount in mounts.EnumerateArray())
            {
                json.WriteStartObject();
                Copy(json, mount, "Type", "Source", "Destination");
                json.WriteEndObject();
            }
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
