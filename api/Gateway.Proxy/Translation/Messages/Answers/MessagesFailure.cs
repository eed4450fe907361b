namespace Gateway.Proxy.Translation;

/// <summary>What an error of the engine says to a caller of the Messages API.</summary>
internal static class MessagesFailure
{
    private const string TooLong = "prompt is too long";

    /// <summary>
    /// The message. Agents make room in their conversation only when they read Anthropic's words for a prompt that does not fit.
    /// </summary>
    public static string Words(string? code, string message) =>
        code == "context_length_exceeded" && !message.Contains(TooLong, StringComparison.OrdinalIgnoreCase)
            ? $"{TooLong}: {message}"
            : message;
}
