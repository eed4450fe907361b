using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Gateway.Generator.Compose;

/// <summary>Writes the little YAML that compose files need: every value is quoted, so that none is taken for something else.</summary>
internal sealed class YamlText(int depth)
{
    private readonly StringBuilder _text = new();
    private int _depth = depth;

    public YamlText Comment(string sentence) => Line($"# {sentence}");

    public YamlText Line(string line)
    {
        _text.Append(' ', 2 * _depth).Append(line).Append('\n');
        return this;
    }

    public YamlText Value(string key, string value) => Line($"{key}: {Quote(value)}");

    public YamlText Values(string key, IEnumerable<string> values) => Line($"{key}: [{string.Join(", ", values.Select(Quote))}]");

    /// <summary>One text over several lines: their ends are spaces.</summary>
    public YamlText Folded(string key, IEnumerable<string> lines)
    {
        Line($"{key}: >-");
        foreach (var line in lines)
        {
            Line($"  {line}");
        }

        return this;
    }

    /// <summary>What <paramref name="inner"/> writes stands below the key.</summary>
    public YamlText Below(string key, Action inner)
    {
        Line($"{key}:");
        _depth++;
        inner();
        _depth--;
        return this;
    }

    public override string ToString() => _text.ToString();

    /// <summary>YAML's double quotes are JSON's.</summary>
    public static string Quote(string value) => $"\"{JsonEncodedText.Encode(value, JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\"";
}
