namespace Gateway.Generator;

/// <summary>The part of a hand-written file that lies between a begin and an end marker.</summary>
internal static class MarkedRegion
{
    private const string Begin = "begin generated: ";
    private const string End = "end generated: ";

    /// <summary>The names of the regions that a text holds.</summary>
    public static IEnumerable<string> Names(string text) => text.Split('\n').Select(line => Name(line, Begin)).OfType<string>();

    /// <exception cref="InvalidDataException">The markers are not there, once each and in order.</exception>
    public static string Replace(string path, string text, string name, string content)
    {
        var lines = text.Split('\n').ToList();
        var first = lines.FindIndex(line => Name(line, Begin) == name);
        var last = lines.FindIndex(line => Name(line, End) == name);
        if (first < 0 || last < first || lines.FindLastIndex(line => Name(line, Begin) == name) != first)
        {
            throw new InvalidDataException($"{path} lacks the generated region '{name}': restore its begin and end lines, once.");
        }

        string[] before = [.. lines[..(first + 1)]];
        string[] after = [.. lines[last..]];
        return string.Join('\n', [.. before, content.TrimEnd('\n'), .. after]);
    }

    /// <summary>A marker is a whole line, as an HTML comment or after <c>#</c>.</summary>
    private static string? Name(string line, string word)
    {
        var text = line.Trim();
        if (text.StartsWith("<!-- " + word, StringComparison.Ordinal) && text.EndsWith(" -->", StringComparison.Ordinal))
        {
            return text[("<!-- ".Length + word.Length)..^" -->".Length];
        }

        return text.StartsWith("# " + word, StringComparison.Ordinal) ? text[("# ".Length + word.Length)..] : null;
    }
}
