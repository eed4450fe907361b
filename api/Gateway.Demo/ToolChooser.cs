using System.Text.Json;

namespace Gateway.Demo;

/// <summary>Chooses the function to call: the one of <c>tool_choice</c>, or one that the user names, or the first where it must.</summary>
internal static class ToolChooser
{
    public static (FunctionDefinition? Tool, DemoError? Error) Choose(ChatRequest request)
    {
        var functions = request.Functions().ToArray();
        if (Array.Exists(functions, function => string.IsNullOrEmpty(function.Name)))
        {
            return (null, DemoError.Invalid("tools", "A function among `tools` has no name."));
        }

        var choice = request.ToolChoice ?? default;
        var word = choice switch
        {
            { ValueKind: JsonValueKind.String } => choice.GetString(),
            { ValueKind: JsonValueKind.Undefined or JsonValueKind.Null } => "auto",
            _ => null,
        };
        var named = Array.Find(functions, function => function.Name == NameIn(choice));
        if (named is null && word is not ("auto" or "none" or "required"))
        {
            const string Allowed = "`tool_choice` must be `auto`, `none`, `required` or a function that is among `tools`.";
            return (null, DemoError.Invalid("tool_choice", Allowed));
        }

        if (word == "required" && functions.Length == 0)
        {
            return (null, DemoError.Invalid("tool_choice", "`tool_choice` requires a call, and `tools` has no function."));
        }

        // After a tool's result it answers in words, so that a caller who always asks for calls comes to an end.
        return word == "none" || request.Messages![^1]!.IsToolResult()
            ? (null, null)
            : (named ?? Mentioned(functions, request.LastUserText()) ?? (word == "required" ? functions[0] : null), null);
    }

    private static FunctionDefinition? Mentioned(FunctionDefinition[] functions, string text) =>
        Array.Find(functions, function => text.Contains(function.Name!, StringComparison.OrdinalIgnoreCase));

    private static string? NameIn(JsonElement choice) =>
        choice.ValueKind == JsonValueKind.Object
        && choice.TryGetProperty("function", out var function) && function.ValueKind == JsonValueKind.Object
        && function.TryGetProperty("name", out var name) && name.ValueKind == JsonValueKind.String ? name.GetString() : null;
}
