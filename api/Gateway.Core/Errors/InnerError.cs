namespace Gateway.Core.Errors;

/// <summary>Finds an error that stands as JSON inside the message of another: a server that passes on what its runner said.</summary>
internal static class InnerError
{
    /// <summary>The text of the inner error, or null where the message is a plain one.</summary>
    public static string? Find(string message)
    {
        var text = message.AsSpan().Trim();
        if (text.Length < 2)
        {
            return null;
        }

        if (text[0] is '{' or '"' or '[')
        {
            return text.ToString();
        }

        // Behind words of the server, only what calls itself an error is one: anything else may be the caller's own text.
        var open = text.IndexOf('{');
        return open > 0 && text[^1] == '}' && text[(open + 1)..].TrimStart().StartsWith("\"error\"", StringComparison.Ordinal) ? text[open..].ToString() : null;
    }
}
