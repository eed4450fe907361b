using System.Text;

namespace Gateway.Core.Configuration;

/// <summary>
/// Puts variables in the place of <c>${NAME}</c>, with Docker Compose's ways to say what holds where one is missing. A <c>$</c>
/// without braces stands for itself, unless an earlier line of the file sets the name behind it: keys have such signs, and a key
/// that is cut short would be another key.
/// </summary>
/// <param name="variables">The value of a variable; null where it is not set.</param>
/// <param name="inFile">An earlier line of the file sets it.</param>
internal sealed class EnvReferences(Func<string, string?> variables, Func<string, bool> inFile)
{
    private const int Deepest = 8;

    private readonly List<string> _missing = [];

    /// <summary>What was referred to and is not set, each with what the file says of it.</summary>
    public IReadOnlyList<string> Missing => _missing;

    /// <summary>A <c>$</c> was left as it stands that Docker Compose would take for a reference.</summary>
    public bool Bare { get; private set; }

    /// <summary>The value behind what is written.</summary>
    /// <param name="raw">What is written.</param>
    /// <param name="quote">In which quotes.</param>
    public string Expand(string raw, EnvQuote quote) =>
        quote == EnvQuote.Single ? raw.Replace("\\'", "'", StringComparison.Ordinal) : Expand(raw, quote == EnvQuote.Double, 0);

    private string Expand(ReadOnlySpan<char> raw, bool escapes, int depth)
    {
        var result = new StringBuilder();
        var start = 0;
        for (var at = 0; at < raw.Length; at++)
        {
            if (escapes && raw[at] == '\\')
            {
                at++;
            }
            else if (raw[at] == '$' && Replacement(raw[at..], escapes, depth) is { Length: > 0 } found)
            {
                result.Append(Plain(raw[start..at], escapes)).Append(found.Text);
                at += found.Length - 1;
                start = at + 1;
            }
        }

        return result.Append(Plain(raw[start..], escapes)).ToString();
    }

    private static string Plain(ReadOnlySpan<char> text, bool escapes) => escapes ? EnvEscapes.Read(text) : text.ToString();

    // What begins with $; of no length where the sign stands for itself.
    private (int Length, string? Text) Replacement(ReadOnlySpan<char> rest, bool escapes, int depth)
    {
        if (rest.StartsWith("$${"))
        {
            return (3, "${");
        }

        if (rest is ['$', '{', ..] && depth < Deepest && Braced(rest) is var (name, length, word) && length > 0)
        {
            return (length, Choose(name!, rest[(2 + name!.Length)..(length - 1)], word, escapes, depth));
        }

        var end = 1;
        while (end < rest.Length && (char.IsAsciiLetterOrDigit(rest[end]) || rest[end] == '_'))
        {
            end++;
        }

        var bare = rest[1..end].ToString();
        if (end > 1 && !char.IsAsciiDigit(bare[0]) && inFile(bare))
        {
            return (end, variables(bare) ?? "");
        }

        Bare |= end > 1 || rest.Length > 1 && rest[1] is '$' or '{';
        return default;
    }

    // The name, the length with its braces, and where the words behind the name begin in what follows it.
    private static (string? Name, int Length, int Word) Braced(ReadOnlySpan<char> rest)
    {
        var end = 2;
        while (end < rest.Length && (char.IsAsciiLetterOrDigit(rest[end]) || rest[end] == '_'))
        {
            end++;
        }

        var close = end;
        for (var open = 1; close < rest.Length; close++)
        {
            open += rest[close] == '}' ? -1 : rest[close] == '{' && rest[close - 1] == '$' ? 1 : 0;
            if (open == 0)
            {
                break;
            }
        }

        if (end == 2 || char.IsAsciiDigit(rest[2]) || close >= rest.Length)
        {
            return default;
        }

        var word = rest[end..close] switch { [] => 0, [':', '-' or '+' or '?', ..] => 2, ['-' or '+' or '?', ..] => 1, _ => -1 };
        return word < 0 ? default : (rest[2..end].ToString(), close + 1, word);
    }

    private string Choose(string name, ReadOnlySpan<char> behind, int word, bool escapes, int depth)
    {
        var value = variables(name);
        var there = value is not null && (word < 2 || value.Length > 0);
        var what = word == 0 ? ' ' : behind[word - 1];
        if (what == '+')
        {
            return there ? Expand(behind[word..], escapes, depth + 1) : "";
        }

        if (!there && what == '-')
        {
            return Expand(behind[word..], escapes, depth + 1);
        }

        if (!there)
        {
            _missing.Add(name);
        }

        return value ?? "";
    }
}
