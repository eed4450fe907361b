namespace Gateway.Demo.Answers;

/// <summary>What the demo says.</summary>
/// <param name="Tool">The tool it calls, or null where it speaks.</param>
/// <param name="Words">Its text, or the arguments of the call, token by token.</param>
/// <param name="Cut">The limit ended it.</param>
/// <param name="PromptTokens">Tokens of the request.</param>
internal sealed record Answer(string? Tool, IReadOnlyList<string> Words, bool Cut, int PromptTokens)
{
    public string Text { get; } = string.Concat(Words);

    /// <summary>Why it ended, as chat completions put it.</summary>
    public string FinishReason => Cut ? "length" : Tool is null ? "stop" : "tool_calls";
}
