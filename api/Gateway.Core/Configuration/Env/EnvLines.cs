using System.Buffers;
using System.Text;

namespace Gateway.Core.Configuration;

/// <summary>
/// Cuts the text of a <c>.env</c> into its assignments. It knows lines, quotes and comments, as Docker Compose does, and never
/// fails: a line that is no assignment is told by its number.
/// </summary>
internal sealed class EnvLines
{
    private static readonly SearchValues<char> NameSigns =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-[]");

    private readonly string[] _lines;

    private EnvLines(string text) => _lines = text.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n').Split('\n');

    /// <param name="bytes">The file: UTF-8, or UTF-16 with its mark. What is neither becomes U+FFFD.</param>
    /// <returns>Its assignments in their order, and the numbers of the lines that are none.</returns>
    public static (IReadOnlyList<EnvStatement> Statements, IReadOnlyList<int> Strange) Read(ReadOnlySpan<byte> bytes)
    {
        var text = bytes switch
        {
            [0xEF, 0xBB, 0xBF, .. var rest] => Encoding.UTF8.GetString(rest),
            [0xFF, 0xFE, .. var rest] => Encoding.Unicode.GetString(rest),
            [0xFE, 0xFF, .. var rest] => Encoding.BigEndianUnicode.GetString(rest),
            _ => Encoding.UTF8.GetString(bytes),
        };
        var (statements, strange) = (new List<EnvStatement>(), new List<int>());
        var file = new EnvLines(text);
        for (var line = 0; line < file._lines.Length; line++)
        {
            var trimmed = file._lines[line].AsSpan().Trim();
            if (trimmed.IsEmpty || trimmed[0] == '#')
            {
                continue;
            }

            if (file.Statement(line) is { } statement)
            {
                statements.Add(statement);
                line = statement.Through - 1;
            }
            else if (!IsBareName(WithoutExport(trimmed)))
            {
                // A bare name takes what the process has, which it does anyway.
                strange.Add(line + 1);
            }
        }

        return (statements, strange);
    }

    /// <summary>The variable that a line would set; null where it sets none.</summary>
    public static string? NameOn(string line)
    {
        var equals = line.IndexOf('=', StringComparison.Ordinal);
        var name = equals < 0 ? default : WithoutExport(line.AsSpan(0, equals).Trim());
        return IsName(name) ? name.ToString() : null;
    }

    // Stricter than a name with a value: a key that stands on a line by itself is no name.
    private static bool IsBareName(ReadOnlySpan<char> text) => IsName(text) && !text.ContainsAny("-.[]");

    private static bool IsName(ReadOnlySpan<char> text) =>
        !text.IsEmpty && (char.IsAsciiLetter(text[0]) || text[0] == '_') && !text.ContainsAnyExcept(NameSigns);

    private static ReadOnlySpan<char> WithoutExport(ReadOnlySpan<char> text) =>
        text.StartsWith("export", StringComparison.Ordinal) && text.Length > 6 && char.IsWhiteSpace(text[6]) ? text[6..].Trim() : text;

    private EnvStatement? Statement(int line)
    {
        var text = _lines[line];
        if (NameOn(text) is not { } name)
        {
            return null;
        }

        var start = text.IndexOf('=', StringComparison.Ordinal) + 1;
        var at = start;
        while (at < text.Length && char.IsWhiteSpace(text[at]))
        {
            at++;
        }

        if (at < text.Length && text[at] is '"' or '\'')
        {
            // A backslash before a quote keeps it in the value; where that leaves the value open, the backslash was meant itself.
            return Quoted(name, line, at, escapes: true) ?? Quoted(name, line, at, escapes: false)
                ?? new EnvStatement(line + 1, name, Plain(text.AsSpan(at)), EnvQuote.None, line + 1, LoneQuote: true);
        }

        var raw = at > start && at < text.Length && text[at] == '#' ? "" : Plain(text.AsSpan(at));
        return new EnvStatement(line + 1, name, raw, EnvQuote.None, line + 1);
    }

    // A comment begins with a # behind a space; any other # is a part of the value.
    private static string Plain(ReadOnlySpan<char> rest)
    {
        for (var i = 1; i < rest.Length; i++)
        {
            if (rest[i] == '#' && char.IsWhiteSpace(rest[i - 1]))
            {
                rest = rest[..i];
            }
        }

        return rest.Trim().ToString();
    }

    // Quotes are quotes where nothing but a comment is behind them. So JSON, inches and apostrophes are what they are.
    private EnvStatement? Quoted(string name, int first, int open, bool escapes)
    {
        var quote = _lines[first][open];
        var value = new StringBuilder();
        for (var (line, at) = (first, open + 1); line < _lines.Length; line++, at = 0)
        {
            var text = _lines[line];
            var close = Closing(text, at, quote, escapes);
            if (close >= 0)
            {
                var rest = text.AsSpan(close + 1).TrimStart();
                return rest.IsEmpty || rest[0] == '#'
                    ? new EnvStatement(first + 1, name, value.Append(text, at, close - at).ToString(), quote == '"' ? EnvQuote.Double : EnvQuote.Single, line + 1)
                    : null;
            }

            value.Append(text, at, text.Length - at).Append('\n');
        }

        return null;
    }

    private static int Closing(string text, int at, char quote, bool escapes)
    {
        for (; at < text.Length; at++)
        {
            if (text[at] == quote)
            {
                return at;
            }

            if (escapes && text[at] == '\\')
            {
                at++;
            }
        }

        return -1;
    }
}
