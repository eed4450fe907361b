using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Gateway.Demo.Protocol;

namespace Gateway.Demo.Answers;

/// <summary>Decides what the demo says: that it is one, and what it was told; or the tool call or object that the caller wants.</summary>
internal static class Composer
{
    private const string Introduction = "This is the gateway's built-in demo engine, no model is running.";

    /// <param name="conversation">What is asked.</param>
    /// <param name="param">The member of the request that holds it, for errors.</param>
    public static (Answer? Answer, DemoError? Error) Compose(Conversation conversation, string param)
    {
        var tokens = conversation.CountTokens();
        if (tokens >= DemoModel.ContextLength)
        {
            return (null, DemoError.TooLong(tokens, param));
        }

        var tool = ChooseTool(conversation);
        var (text, error) = tool is null ? Speak(conversation) : Fill(tool.Parameters, "tools");
        if (text is null)
        {
            return (null, error);
        }

        var room = Math.Min(conversation.MaxTokens ?? int.MaxValue, DemoModel.ContextLength - tokens);
        var words = Words.Split(tool is null ? CutAtStop(text, conversation.Stops) : text);
        var cut = words.Count > room;
        return (new Answer(tool?.Name, cut ? [.. words.Take(room)] : words, cut, tokens), null);
    }

    private static Tool? ChooseTool(Conversation conversation)
    {
        // Having been given what a tool found, it answers, so that a caller who keeps asking for calls comes to an end.
        if (conversation.ToolUse == ToolUse.None || conversation.Tools.Count == 0 || conversation.Messages is [.., { Speaker: Speaker.Tool }])
        {
            return null;
        }

        return conversation.NamedTool
            ?? conversation.Tools.FirstOrDefault(tool => conversation.LastUserText.Contains(tool.Name, StringComparison.OrdinalIgnoreCase))
            ?? (conversation.ToolUse == ToolUse.Required ? conversation.Tools[0] : null);
    }

    private static (string? Text, DemoError? Error) Speak(Conversation conversation) => conversation.Format switch
    {
        AnswerFormat.JsonSchema => Fill(conversation.Schema, "response_format"),
        AnswerFormat.JsonObject => (WriteObject(conversation.LastUserText), null),
        AnswerFormat.Text => ($"{Introduction} {Echo(conversation)}", null),
        _ => throw new UnreachableException(),
    };

    private static string Echo(Conversation conversation) => conversation switch
    {
        { Messages: [.., { Speaker: Speaker.Tool, Text: var result }] } => $"The tool answered: {result}",
        { LastUserText: { Length: > 0 } text } => $"You said: {text}",
        _ => "You said nothing that it can read.",
    };

    private static (string? Text, DemoError? Error) Fill(JsonElement? schema, string param)
    {
        var (json, fault) = SchemaFiller.Fill(schema);
        return (json, fault is null ? null : DemoError.Invalid(param, fault));
    }

    private static string WriteObject(string text)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, JsonAnswer.Options))
        {
            json.WriteStartObject();
            json.WriteString("message"u8, Introduction);
            json.WriteString("you_said"u8, text);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
    }

    private static string CutAtStop(string text, IReadOnlyList<string> stops)
    {
        var ends = stops.Where(stop => stop.Length > 0).Select(stop => text.IndexOf(stop, StringComparison.Ordinal)).Where(at => at >= 0);
        return text[..ends.DefaultIfEmpty(text.Length).Min()];
    }
}
