using System.Text;
using System.Text.Json;

namespace Gateway.Errors;

/// <summary>
/// What an engine's error body says, whatever its shape: OpenAI's envelope, a flat object, a bare string under <c>error</c>
/// or <c>detail</c>, a JSON string, plain text, HTML or nothing.
/// </summary>
internal sealed class RawEngineError
{
    private const int MaxMessage = 4096;

    public string Message { get; private set; } = "";

    public string? Type { get; private set; }

    public string? Param { get; private set; }

    public string? Code { get; private set; }

    /// <summary>A status the engine put inside the body: <c>code</c>, <c>status_code</c> or <c>http_status_code</c> as a number.</summary>
    public int? Status { get; private set; }

    /// <summary>The body is OpenAI's envelope already: an object <c>error</c> with text or null in type, param and code.</summary>
    public bool IsOpenAiShape { get; private set; }

    public static RawEngineError Read(ReadOnlySpan<byte> body)
    {
        var error = new RawEngineError();
        var trimmed = body.Trim(" \t\r\n"u8);
        if (trimmed.IsEmpty)
        {
            return error;
        }

        if (trimmed[0] is not ((byte)'{' or (byte)'"') || !error.TryReadJson(trimmed))
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

        return Cut(Encoding.UTF8.GetString(body[..Math.Min(body.Length, MaxMessage)]));
    }

    private static string Cut(string text) => text.Length > MaxMessage ? text[..MaxMessage] : text;

    private bool TryReadJson(ReadOnlySpan<byte> body)
    {
        try
        {
            var reader = new Utf8JsonReader(body);
            var root = JsonElement.ParseValue(ref reader);
            ReadRoot(root);
            return true;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return false;
        }
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
            IsOpenAiShape = Status is null && error.TryGetProperty("message", out var message) && message.ValueKind == JsonValueKind.String
                && IsText(error, "type") && IsTextOrNull(error, "param") && IsTextOrNull(error, "code");
            return;
        }

        ReadMembers(root);
        if (error.ValueKind == JsonValueKind.String)
        {
            Message = Cut(error.GetString() ?? "");
        }

        Type = Text(root, "error_type") ?? Type;
    }

    private void ReadMembers(JsonElement members)
    {
        Message = Cut(Text(members, "message") ?? Detail(members) ?? Text(members, "error") ?? "");
        Type = Text(members, "type");
        Param = Text(members, "param");
        Code = Text(members, "code");
        Status = Number(members, "code") ?? Number(members, "status_code") ?? Number(members, "http_status_code");
    }

    // {"detail":"text"} or {"detail":[{"msg":…}]}: the web framework of several engines.
    private static string? Detail(JsonElement members)
    {
        if (!members.TryGetProperty("detail", out var detail))
        {
            return null;
        }

        return detail.ValueKind == JsonValueKind.String ? detail.GetString() : detail.GetRawText();
    }

    private static string? Text(JsonElement members, string name) =>
        members.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static int? Number(JsonElement members, string name) =>
        members.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) ? number : null;

    private static bool IsText(JsonElement members, string name) =>
        members.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String;

    private static bool IsTextOrNull(JsonElement members, string name) =>
        members.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.String or JsonValueKind.Null;
}
