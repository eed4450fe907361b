using System.Text.Json;

namespace Gateway.Demo.Answers;

/// <summary>Who said something.</summary>
internal enum Speaker
{
    Instructions,
    User,
    Assistant,
    Tool,
}

/// <summary>Something said, as text.</summary>
internal sealed record Message(Speaker Speaker, string Text);

/// <summary>A function that the caller offers.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Parameters">The schema of its arguments, or null where it takes any.</param>
internal sealed record Tool(string Name, JsonElement? Parameters);

/// <summary>Whether a tool has to be called.</summary>
internal enum ToolUse
{
    Auto,
    None,
    Required,
}

/// <summary>What an answer has to be.</summary>
internal enum AnswerFormat
{
    Text,
    JsonObject,
    JsonSchema,
}

/// <summary>What is asked of the demo, whichever endpoint it came by.</summary>
internal sealed record Conversation
{
    public required IReadOnlyList<Message> Messages { get; init; }

    public IReadOnlyList<Tool> Tools { get; init; } = [];

    public ToolUse ToolUse { get; init; } = ToolUse.Auto;

    /// <summary>The only tool that may be called, or null.</summary>
    public Tool? NamedTool { get; init; }

    public AnswerFormat Format { get; init; } = AnswerFormat.Text;

    /// <summary>The schema of the answer, with <see cref="AnswerFormat.JsonSchema"/>.</summary>
    public JsonElement? Schema { get; init; }

    /// <summary>The longest answer in tokens, or null.</summary>
    public int? MaxTokens { get; init; }

    /// <summary>The answer ends before the first of these texts.</summary>
    public IReadOnlyList<string> Stops { get; init; } = [];

    public string LastUserText => Messages.LastOrDefault(message => message.Speaker == Speaker.User)?.Text ?? "";

    /// <summary>The tokens of everything said, of the tools offered and of the schema to be kept: all that a model would have to read.</summary>
    public int CountTokens() =>
        Messages.Sum(message => Words.Count(message.Text))
        + Tools.Sum(tool => Words.Count(tool.Name) + Count(tool.Parameters))
        + Count(Schema);

    private static int Count(JsonElement? schema) => Words.Count(schema?.GetRawText() ?? "");
}
