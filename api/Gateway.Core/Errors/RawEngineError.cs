using System.Text;
using System.Text.Json;

namespace Gateway.Core.Errors;

/// <summary>
/// What an engine's error body says, whatever its shape: OpenAI's envelope, a flat object, a bare string under <c>error</c>
/// or <c>detail</c>, a JSON string, plain text, HTML or nothing.
/// </summary>
internal sealed class RawEngineError
{
    /// <summary>A longer message is cut, wherever that may be.</summary>
    public const int MaxMessage = 4096;

    /// <summary>A gateway in front of a server in front of a runner; more of them are a mistake or an attack.</summary>
    private const int MaxDepth = 3;

    /// <summary>No kind of error has a longer name; such a text is something else, and has no place in a log.</summary>
    private const int MaxName = 128;

    public string Message { get; private set; } = "";

    public string? Type { get; private set; }

    public string? Param { get; private set; }

    public string? Code { get; private set; }

    /// <summary>A status the engine put inside the body: <c>code</c>, <c>status_code</c> or <c>http_status_code</c> as a number.</summary>
    public int? Status { get; private set; }

    /// <summary>The status inside an error that came as the message of another; null: there was none.</summary>
    public int? InnerStatus { get; private set; }

    /// <summary>The message as it came, with another error as JSON in it; null: it came plain.</summary>
    public string? Wrapper { get; private set; }

    /// <summary>The body is OpenAI's envelope already: an object <c>error</c> with text or null in type, param and code.</summary>
    public bool IsOpenAiShape { get; private set; }

    public static RawEngineError Read(ReadOnlySpan<byte> body)
    {
        var error = ReadOuter(body);
        for (var depth = 0; depth < MaxDepth && InnerError.Find(error.Message) is { } inner && error.TryUnwrap(inner); depth++)
        {
        }

        return error;
    }

    private static RawEngineError ReadOuter(ReadOnlySpan<byte> body)
    {
        var error = new RawEngineError();
        var trimmed = body.Trim(" \t\r\n"u8);
        if (trimmed.IsEmpty)
        {
            return error;
        }

        if (trimmed[0] is not ((byte)'{' or (byte)'"' or (byte)'[') || !error.TryReadJson(trimmed))
        {
            error.Message = PlainText(trimmed);
        }

        return error;
    }

    private static string PlainText(ReadOnlySpan<byte> body)
    {
        // A page made for a browser says nothing that a program could use, and may show the engine's inside.
        if (body[0] == '<')
        {
            return "";
        }

        // More bytes than the message may have characters, so that one that is cut in two is not among these.
        return Cut(Encoding.UTF8.GetString(body[..Math.Min(body.Length, MaxMessage * 4)]));
    }

    private static string Cut(string text)
    {
        if (text.Length <= MaxMessage)
        {
            return text;
        }

        return char.IsHighSurrogate(text[MaxMessage - 1]) ? text[..(MaxMessage - 1)] : text[..MaxMessage];
    }

    private bool TryReadJson(ReadOnlySpan<byte> body)
    {
        try
        {
            var reader = new Utf8JsonReader(body);
            var root = JsonElement.ParseValue(ref reader);
            if (reader.Read())
            {
                return false;
            }

            // Some services put the one object that they answer into an array.
            if (root.ValueKind == JsonValueKind.Array)
            {
                if (root.GetArrayLength() != 1 || root[0].ValueKind != JsonValueKind.Object)
                {
                    return false;
                }

                root = root[0];
            }

            ReadRoot(root);
            return true;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return false;
        }
    }

    // What the inner error says of itself is nearer to the cause.
    private bool TryUnwrap(string text)
    {
        var inner = new RawEngineError();
        if (!inner.TryReadJson(Encoding.UTF8.GetBytes(text)) || inner.Message.Length == 0)
        {
            return false;
        }

        Wrapper ??= Message;
        (Message, IsOpenAiShape) = (inner.Message, false);
        (Type, Param, Code) = (inner.Type ?? Type, inner.Param ?? Param, inner.Code ?? Code);
        InnerStatus = inner.Status ?? InnerStatus;
        Status ??= inner.Status;
        return true;
    }

    private void ReadRoot(JsonElement root)
    {
        if (root.ValueKind == JsonValueKind.String)
        {
            Message = Cut(root.GetString() ?? "");
            return;
        }

        if (root.TryGetProperty("error", out var error) && error.ValueKind == JsonValueKind.Object)
        {
            ReadMembers(error);
            IsOpenAiShape = Status is null && Type is not null && IsText(error, "message") && IsTextOrNull(error, "param") && IsTextOrNull(error, "code");
            return;
        }

        ReadMembers(root);
        if (error.ValueKind == JsonValueKind.String)
        {
            Message = Cut(error.GetString() ?? "");
        }

        Type = Name(root, "error_type") ?? Type;
    }

    private void ReadMembers(JsonElement members)
    {
        Message = Cut(Text(members, "message") ?? ErrorDetail.Message(members) ?? Text(members, "error") ?? "");
        Type = Name(members, "type");
        Param = Name(members, "param") ?? ErrorDetail.Param(members);
        Code = Name(members, "code");
        Status = Number(members, "code") ?? Number(members, "status_code") ?? Number(members, "http_status_code");
    }

    private static string? Text(JsonElement members, string name) =>
        members.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static string? Name(JsonElement members, string name) => Text(members, name) is { Length: <= MaxName } text ? text : null;

    private static int? Number(JsonElement members, string name) =>
        members.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) ? number : null;

    private static bool IsText(JsonElement members, string name) =>
        members.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String;

    private static bool IsTextOrNull(JsonElement members, string name) =>
        members.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.String or JsonValueKind.Null;
}
