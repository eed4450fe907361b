using System.Text.Json;
using Gateway.Demo.Answers;
using Gateway.Demo.Protocol;

namespace Gateway.Demo.Routes;

/// <summary>Reads what was said, in the shapes of chat and of responses. The demo has no eyes and no ears: only text counts.</summary>
internal static class MessageReader
{
    /// <summary>A message with a role; null where it is none.</summary>
    public static Message? Read(JsonElement message)
    {
        var content = message.Member("content");
        return content is null or { ValueKind: JsonValueKind.String or JsonValueKind.Array } && SpeakerOf(message.Text("role")) is { } speaker
            ? new Message(speaker, TextOf(content) + ArgumentsOf(message))
            : null;
    }

    /// <summary>One text, or the texts of a list of parts.</summary>
    public static string TextOf(JsonElement? content) => content switch
    {
        { ValueKind: JsonValueKind.String } text => text.GetString()!,
        { ValueKind: JsonValueKind.Array } parts => string.Join('\n', parts.EnumerateArray().Select(part => part.Text("text")).OfType<string>()),
        _ => "",
    };

    private static string ArgumentsOf(JsonElement message) =>
        string.Concat(message.Items("tool_calls").Select(call => call.Member("function") is { } function ? function.Text("name") + function.Text("arguments") : ""));

    private static Speaker? SpeakerOf(string? role) => role switch
    {
        "system" or "developer" => Speaker.Instructions,
        "user" => Speaker.User,
        "assistant" => Speaker.Assistant,
        "tool" or "function" => Speaker.Tool,
        _ => null,
    };
}
