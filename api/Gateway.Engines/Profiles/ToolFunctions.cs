using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Gateway.Engines.Endpoints;

namespace Gateway.Engines;

/// <summary>Puts right the <c>function</c> objects of <c>tools</c> and the calls of a history; every other byte stays as it came.</summary>
internal static class ToolFunctions
{
    private static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, MaxDepth = 512 };

    /// <summary>Leaves a member out where it is null.</summary>
    public static FieldFix WithoutNull(string member, string why, params EndpointId[] endpoints) =>
        new("tools", value => Mend(value, function => Find(function, member) == JsonValueKind.Null, (json, function) => Copy(json, function, member)), why, endpoints);

    /// <summary>Adds a member where it is missing.</summary>
    public static FieldFix With(string member, string rawValue, string why, params EndpointId[] endpoints) =>
        new("tools", value => Mend(value, function => Find(function, member) is null, (json, function) =>
        {
            Copy(json, function, except: null);
            json.WritePropertyName(member);
            json.WriteRawValue(rawValue);
        }), why, endpoints);

    /// <summary>Calls in the history whose <c>arguments</c> are an empty text get an empty object in it.</summary>
    public static FieldFix WithArguments(string why) =>
        new("messages", static value => FillArguments(value, depth: 5), why, [EndpointId.ChatCompletions]);

    /// <summary>The same for the items of Responses.</summary>
    public static FieldFix WithItemArguments(string why) =>
        new("input", static value => FillArguments(value, depth: 2), why, [EndpointId.Responses, EndpointId.ResponseInputTokens]);

    private static FieldEdit FillArguments(ReadOnlySpan<byte> value, int depth)
    {
        if (!MayLackArguments(value) || EmptyArguments(value, depth) is not { Count: > 0 } places)
        {
            return FieldEdit.Keep;
        }

        var output = new ArrayBufferWriter<byte>(value.Length + (2 * places.Count));
        var from = 0;
        foreach (var place in places)
        {
            output.Write(value[from..place]);
            output.Write("\"{}\""u8);
            from = place + 2;
        }

        output.Write(value[from..]);
        return FieldEdit.Replace(output.WrittenSpan.ToArray());
    }

    // Every long conversation has calls in it, and nearly none has an empty one: it should not be read a second time for that.
    private static bool MayLackArguments(ReadOnlySpan<byte> rest)
    {
        var name = "\"arguments\""u8;
        for (var at = rest.IndexOf(name); at >= 0; at = rest.IndexOf(name))
        {
            rest = rest[(at + name.Length)..].TrimStart(" \t\r\n:"u8);
            if (rest.StartsWith("\"\""u8))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Where an empty text is the value of <c>arguments</c>, that many containers deep.</summary>
    private static List<int> EmptyArguments(ReadOnlySpan<byte> value, int depth)
    {
        var places = new List<int>();
        var reader = new Utf8JsonReader(value, new JsonReaderOptions { MaxDepth = 512 });
        var inCalls = false;
        var inFunction = false;
        while (reader.Read())
        {
            if (reader.TokenType != JsonTokenType.PropertyName)
            {
                continue;
            }

            var open = reader.CurrentDepth;
            inCalls = open == 2 ? reader.ValueSpan.SequenceEqual("tool_calls"u8) : inCalls;
            inFunction = open == 4 ? reader.ValueSpan.SequenceEqual("function"u8) : inFunction;
            if (open == depth && (depth == 2 || (inCalls && inFunction)) && reader.ValueSpan.SequenceEqual("arguments"u8)
                && reader.Read() && reader.TokenType == JsonTokenType.String && reader.ValueSpan.IsEmpty)
            {
                places.Add((int)reader.TokenStartIndex);
            }
        }

        return places;
    }

    private static JsonValueKind? Find(JsonElement function, string member) =>
        function.TryGetProperty(member, out var value) ? value.ValueKind : null;

    private static FieldEdit Mend(ReadOnlySpan<byte> value, Func<JsonElement, bool> fits, Action<Utf8JsonWriter, JsonElement> write)
    {
        try
        {
            return RawJson.Parse(value) is { ValueKind: JsonValueKind.Array } tools && tools.EnumerateArray().Any(tool => Function(tool) is { } function && fits(function))
                ? FieldEdit.Replace(Written(tools, fits, write))
                : FieldEdit.Keep;
        }
        catch (InvalidOperationException)
        {
            // A name with half a surrogate pair cannot be compared; the engine will say what it thinks of it.
            return FieldEdit.Keep;
        }
    }

    private static JsonElement? Function(JsonElement tool) =>
        tool.ValueKind == JsonValueKind.Object && tool.TryGetProperty("function", out var function) && function.ValueKind == JsonValueKind.Object ? function : null;

    private static byte[] Written(JsonElement tools, Func<JsonElement, bool> fits, Action<Utf8JsonWriter, JsonElement> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Relaxed))
        {
            json.WriteStartArray();
            foreach (var tool in tools.EnumerateArray())
            {
                if (Function(tool) is not { } function || !fits(function))
                {
                    json.WriteRawValue(tool.GetRawText(), skipInputValidation: true);
                    continue;
                }

                json.WriteStartObject();
                Copy(json, tool, "function");
                json.WriteStartObject("function");
                write(json, function);
                json.WriteEndObject();
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static void Copy(Utf8JsonWriter json, JsonElement source, string? except)
    {
        foreach (var member in source.EnumerateObject().Where(member => except is null || !member.NameEquals(except)))
        {
            json.WritePropertyName(member.Name);
            json.WriteRawValue(member.Value.GetRawText(), skipInputValidation: true);
        }
    }
}
