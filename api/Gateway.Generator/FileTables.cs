using System.Text;
using Gateway.Core.Configuration;

namespace Gateway.Generator;

/// <summary>The tables of <c>gateway.yaml</c>: one for each of its sections.</summary>
internal static class FileTables
{
    public static string Render()
    {
        var text = new StringBuilder();
        foreach (var table in FileSection.Shape.Tables)
        {
            text.Append(text.Length == 0 ? "" : "\n").Append("### ").Append(Markdown.Code(table.Title)).Append("\n\n").Append(Markdown.Table(["Key", "Default", "Meaning", "Allowed"], table.Keys.Select(Row)));
        }

        return text.ToString();
    }

    private static string[] Row(YamlKey key) =>
    [
        Markdown.Code(key.Name),
        key.Required ? "required" : key.Default.Length > 0 && !key.Default.Contains(' ', StringComparison.Ordinal) ? Markdown.Code(key.Default) : Markdown.Text(key.Default),
        Markdown.Text(key.Meaning),
        Markdown.Text(key.Shape.Takes),
    ];
}
