using System.Buffers;
using System.Text;

namespace Gateway.Generator;

/// <summary>Writes an environment file: a comment above each variable, which is set or shown commented out.</summary>
internal sealed class EnvText
{
    private const int Width = 110;

    private static readonly SearchValues<char> Special = SearchValues.Create(" \t#$\"'\\`");

    private readonly StringBuilder _text = new();

    /// <summary>Sentences as comment lines of readable width.</summary>
    public EnvText Comment(string sentences)
    {
        var line = "#";
        foreach (var word in sentences.Split(' '))
        {
            if (line.Length > 1 && line.Length + 1 + word.Length > Width)
            {
                _text.Append(line).Append('\n');
                line = "#";
            }

            line += " " + word;
        }

        _text.Append(line).Append('\n');
        return this;
    }

    public EnvText Set(string name, string value)
    {
        _text.Append(name).Append('=').Append(Quote(name, value)).Append('\n');
        return this;
    }

    /// <summary>Shown, but not in force.</summary>
    public EnvText Offer(string name, string value)
    {
        _text.Append("# ");
        return Set(name, value);
    }

    public EnvText Blank()
    {
        _text.Append('\n');
        return this;
    }

    public override string ToString() => _text.ToString();

    /// <summary>Single quotes keep spaces, <c>#</c> and <c>$</c> as they are, for the gateway and for compose alike.</summary>
    private static string Quote(string name, string value) =>
        !value.AsSpan().ContainsAny(Special) ? value
        : !value.Contains('\'', StringComparison.Ordinal) ? $"'{value}'"
        : throw new InvalidDataException($"{name} has an apostrophe in its value, which an environment file cannot contain.");
}
