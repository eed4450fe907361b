using System.Text.Json;

namespace Gateway.Demo;

/// <summary>A message of a chat. Only its text counts: the demo reads no images and no sound.</summary>
internal sealed record ChatMessage(string? Role, JsonElement? Content, IReadOnlyList<ToolCall?>? ToolCalls)
{
    public bool IsValid() =>
        Role is "system" or "developer" or "user" or "assistant" or "tool" or "function"
        && Content is null or { ValueKind: JsonValueKind.Null or JsonValueKind.String or JsonValueKind.Array };

    public bool IsToolResult() => Role is "tool" or "function";

    /// <summary>One text, or the texts of a list of parts; and the calls that it made.</summary>
    public string Text() =>
        TextOf(Content) + string.Concat((ToolCalls ?? []).Select(call => call?.Function?.Name + call?.Function?.Arguments));

    private static string TextOf(JsonElement? content) => content switch
    {
        { ValueKind: JsonValueKind.String } text => text.GetString()!,
        { ValueKind: JsonValueKind.Array } parts => string.Join('\n', parts.EnumerateArray().Select(PartText).OfType<string>()),
        _ => "",
    };

    private static string? PartText(JsonElement part) =>
        part.ValueKind == JsonValueKind.Object && part.TryGetProperty("text", out var text) && text.ValueKind == JsonValueKind.String
            ? text.GetString()
            : null;
}
