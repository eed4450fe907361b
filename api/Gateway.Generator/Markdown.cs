using System.Text;

namespace Gateway.Generator;

/// <summary>The little Markdown that the generated pages need.</summary>
internal static class Markdown
{
    public static string Code(string text) => $"`{text}`";

    public static string Codes(IEnumerable<string> texts) => string.Join(", ", texts.Select(Code));

    /// <summary>A sentence of a profile: signs that Markdown would act on are escaped, code spans are left alone.</summary>
    public static string Text(string sentence)
    {
        var text = new StringBuilder();
        var code = false;
        foreach (var sign in sentence)
        {
            code ^= sign == '`';
            _ = !code && sign is '<' or '*' or '[' ? text.Append('\\').Append(sign) : text.Append(sign);
        }

        return text.ToString();
    }

    /// <summary>A table; bars in cells are escaped.</summary>
    public static string Table(IReadOnlyList<string> head, IEnumerable<IReadOnlyList<string>> rows)
    {
        var text = new StringBuilder();
        Row(head);
        Row([.. head.Select(_ => "---")]);
        foreach (var row in rows)
        {
            Row(row);
        }

        return text.ToString();

        void Row(IReadOnlyList<string> cells) => text.Append("| ").AppendJoin(" | ", cells.Select(cell => cell.Replace("|", "\\|", StringComparison.Ordinal))).Append(" |\n");
    }
}
