using System.Diagnostics;
using System.Globalization;
using System.Text;
using Gateway.Engines;
using Gateway.Engines.Endpoints;

namespace Gateway.Generator;

/// <summary>
/// The capability matrix as a picture: SVG that follows the reader's light or dark theme. A cell's shape tells as much
/// as its colour, and its title says it in words.
/// </summary>
internal static class CapabilityPicture
{
    private const int LabelWidth = 262;
    private const int ColumnWidth = 92;
    private const int RowHeight = 26;
    private const int Top = 46;
    private const int LegendHeight = 58;

    private const string Style = """
        text{font:13px system-ui,"Segoe UI",Helvetica,Arial,sans-serif;fill:#1f2328}
        .h{font-weight:600;text-anchor:middle}.r{font:12px ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}.f{fill:#59636e}
        .s{fill:#f6f8fa}.n{fill:#1a7f37}.o{fill:none;stroke:#1a7f37;stroke-width:2}.p{fill:#9a6700}.q{fill:none;stroke:#9a6700;stroke-width:2}.m{stroke:#8c959f;stroke-width:2}
        @media(prefers-color-scheme:dark){text{fill:#f0f6fc}.f{fill:#9198a1}.s{fill:#151b23}.n{fill:#3fb950}.o{stroke:#3fb950}.p{fill:#d29922}.q{stroke:#d29922}.m{stroke:#656c76}}
        """;

    public static string Render()
    {
        var engines = EngineCatalog.All;
        var rows = CapabilityMatrix.Rows(engines);
        var width = LabelWidth + (engines.Count * ColumnWidth);
        var height = Top + (rows.Count * RowHeight) + LegendHeight;

        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture, $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\" role=\"img\">\n");
        svg.Append("<title>What each engine serves, endpoint by endpoint</title>\n<style>\n").Append(Style).Append("\n</style>\n");
        foreach (var (column, engine) in engines.Index())
        {
            svg.Append(CultureInfo.InvariantCulture, $"<text class=\"h\" x=\"{Centre(column)}\" y=\"28\">{Heading(engine)}</text>\n");
        }

        foreach (var (index, row) in rows.Index())
        {
            AppendRow(svg, index, row, width);
        }

        AppendLegend(svg, Top + (rows.Count * RowHeight) + 34);
        return svg.Append("</svg>\n").ToString();
    }

    private static void AppendRow(StringBuilder svg, int index, IReadOnlyList<EndpointSpec> row, int width)
    {
        var top = Top + (index * RowHeight);
        if (index % 2 == 0)
        {
            svg.Append(CultureInfo.InvariantCulture, $"<rect class=\"s\" x=\"0\" y=\"{top}\" width=\"{width}\" height=\"{RowHeight}\"/>\n");
        }

        var label = row.Count == 1 ? CapabilityMatrix.Route(row[0]) : $"{row.Count} more families of routes";
        svg.Append(CultureInfo.InvariantCulture, $"<text class=\"r{(row[0].Family ? " f" : "")}\" x=\"8\" y=\"{top + 17}\">{label}</text>\n");
        foreach (var (column, engine) in EngineCatalog.All.Index())
        {
            var level = engine.Endpoints[row[0].Id].Level;
            AppendSymbol(svg, level, Centre(column), top + (RowHeight / 2), $"{engine.DisplayName}: {Words(level)}");
        }
    }

    private static void AppendLegend(StringBuilder svg, int y)
    {
        var x = 20;
        foreach (var level in Enum.GetValues<SupportLevel>())
        {
            AppendSymbol(svg, level, x, y - 4, Words(level));
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{x + 16}\" y=\"{y}\">{Words(level)}</text>\n");
            x += 50 + (Words(level).Length * 7);
        }
    }

    private static void AppendSymbol(StringBuilder svg, SupportLevel level, int x, int y, string title)
    {
        svg.Append("<g><title>").Append(title).Append("</title>");
        _ = level switch
        {
            SupportLevel.Native => svg.Append(CultureInfo.InvariantCulture, $"<circle class=\"n\" cx=\"{x}\" cy=\"{y}\" r=\"7\"/>"),
            SupportLevel.Partial => svg.Append(CultureInfo.InvariantCulture, $"<circle class=\"o\" cx=\"{x}\" cy=\"{y}\" r=\"6\"/><path class=\"n\" d=\"M{x} {y - 6}a6 6 0 0 0 0 12z\"/>"),
            SupportLevel.Needs => svg.Append(CultureInfo.InvariantCulture, $"<circle class=\"q\" cx=\"{x}\" cy=\"{y}\" r=\"6\"/>"),
            SupportLevel.Missing => svg.Append(CultureInfo.InvariantCulture, $"<path class=\"m\" d=\"M{x - 5} {y}h10\"/>"),
            _ => throw new UnreachableException(),
        };
        svg.Append("</g>\n");
    }

    private static int Centre(int column) => LabelWidth + (column * ColumnWidth) + (ColumnWidth / 2);

    /// <summary>A name that is too long for its column gives way to the kind.</summary>
    private static string Heading(EngineProfile engine) => engine.DisplayName.Length <= 12 ? engine.DisplayName : engine.Id;

    private static string Words(SupportLevel level) => level switch
    {
        SupportLevel.Native => "served",
        SupportLevel.Partial => "served with a difference",
        SupportLevel.Needs => "needs a certain model or flag",
        SupportLevel.Missing => "not served: 501 that names an alternative",
        _ => throw new UnreachableException(),
    };
}
