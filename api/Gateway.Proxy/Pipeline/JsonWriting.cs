using System.Text.Json;
using Gateway.Core.Errors;

namespace Gateway.Proxy.Pipeline;

/// <summary>Writes JSON answers, lists and optional members.</summary>
public static class JsonWriting
{
    /// <summary>Answers with a JSON value, under the status that is set.</summary>
    public static async Task WriteJsonAsync(this HttpResponse response, Action<Utf8JsonWriter> write)
    {
        response.ContentType = "application/json";
        await using var json = new Utf8JsonWriter(response.BodyWriter, GatewayJson.WriterOptions);
        write(json);
    }

    /// <summary>Writes a member that is a list of objects.</summary>
    /// <param name="json">Where.</param>
    /// <param name="name">The member.</param>
    /// <param name="items">One for each object.</param>
    /// <param name="writeMembers">Writes the members of one object.</param>
    public static void WriteObjects<T>(this Utf8JsonWriter json, ReadOnlySpan<byte> name, IEnumerable<T> items, Action<Utf8JsonWriter, T> writeMembers)
    {
        json.WriteStartArray(name);
        foreach (var item in items)
        {
            json.WriteStartObject();
            writeMembers(json, item);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    /// <summary>Writes a member unless its value is null.</summary>
    public static void WriteOptional(this Utf8JsonWriter json, ReadOnlySpan<byte> name, string? value)
    {
        if (value is not null)
        {
            json.WriteString(name, value);
        }
    }

    /// <summary>Writes a member unless its value is null.</summary>
    public static void WriteOptional(this Utf8JsonWriter json, ReadOnlySpan<byte> name, double? value)
    {
        if (value is { } number)
        {
            json.WriteNumber(name, number);
        }
    }
}
