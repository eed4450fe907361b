using System.Text.Json;

namespace Gateway.Demo;

/// <summary>What the demo says.</summary>
/// <param name="Tool">The function it calls, or null where it answers in words.</param>
/// <param name="Words">Its text, or the arguments of the call, token by token.</param>
/// <param name="Cut">The limit ended it.</param>
/// <param name="PromptTokens">Tokens of the request.</param>
internal sealed record Answer(string? Tool, IReadOnlyList<string> Words, bool Cut, int PromptTokens)
{
    public string Text { get; } = string.Concat(Words);

    public string FinishReason => Cut ? "length" : Tool is null ? "stop" : "tool_calls";
}

/// <summary>Decides what the demo says: that it is a demo and what it was told, or the call that the caller wants.</summary>
internal static class Composer
{
    private const string Introduction = "This is the gateway's built-in demo engine, no model is running.";

    public static (Answer? Answer, DemoError? Error) Compose(ChatRequest request)
    {
        var (tool, error) = ToolChooser.Choose(request);
        if (error is not null)
        {
            return (null, error);
        }

        var tokens = request.CountTokens();
        if (tokens >= DemoModel.ContextLength)
        {
            return (null, DemoError.TooLong(tokens, "messages"));
        }

        var words = Words.Split(tool is null ? CutAtStop(Text(request), request.Stops()!) : ToolArguments.Write(tool.Parameters));
        var room = Math.Min(request.MaxCompletionTokens ?? request.MaxTokens ?? int.MaxValue, DemoModel.ContextLength - tokens);
        var cut = words.Count > room;
        return (new Answer(tool?.Name, cut ? [.. words.Take(room)] : words, cut, tokens), null);
    }

    private static string Text(ChatRequest request) => request.ResponseFormat?.Type == "json_object"
        ? JsonSerializer.Serialize(new DemoObject(Introduction, request.LastUserText()), DemoJson.Wire.DemoObject)
        : $"{Introduction} {Echo(request)}";

    private static string Echo(ChatRequest request) => request.Messages![^1]!.IsToolResult()
        ? $"The tool answered: {request.Messages[^1]!.Text()}"
        : request.LastUserText() is { Length: > 0 } text ? $"You said: {text}" : "You said nothing that it can read.";

    private static string CutAtStop(string text, IReadOnlyList<string> stops)
    {
        var ends = stops.Where(stop => stop.Length > 0).Select(stop => text.IndexOf(stop, StringComparison.Ordinal)).Where(at => at >= 0);
        return text[..ends.DefaultIfEmpty(text.Length).Min()];
    }
}

/// <summary>What it says where JSON is asked for.</summary>
internal sealed record DemoObject(string Message, string YouSaid);
