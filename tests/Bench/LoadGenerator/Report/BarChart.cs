using System.Globalization;
using System.Net;
using System.Text;

namespace Gateway.Bench.Report;

/// <summary>Horizontal bars as SVG that follows the reader's light or dark scheme.</summary>
internal static class BarChart
{
    private const int Width = 720;
    private const int Names = 180;
    private const int Longest = 400;
    private const int Row = 30;

    private const string Style = """
        <style>
          text { font: 14px system-ui, sans-serif; fill: #1f2328; }
          .title { font-weight: 600; }
          .bar { fill: #8c959f; }
          .own { fill: #0969da; }
          .span { stroke: #1f2328; stroke-width: 1.5; }
          .cut { stroke: #ffffff; stroke-width: 4; }
          @media (prefers-color-scheme: dark) {
            text { fill: #e6edf3; }
            .bar { fill: #6e7681; }
            .own { fill: #4493f8; }
            .span { stroke: #e6edf3; }
            .cut { stroke: #0d1117; }
          }
        </style>
        """;

    /// <summary>Draws the chart; the first bar is the gateway's own.</summary>
    /// <param name="title">What is shown, with its unit.</param>
    /// <param name="bars">Names and figures.</param>
    public static string Draw(string title, IReadOnlyList<(string Name, Figure Figure)> bars)
    {
        var scale = Longest / Scale([.. bars.Select(bar => bar.Figure.Median)]);
        var height = 40 + (bars.Count * Row);
        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture, $"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{Width}\" height=\"{height}\" viewBox=\"0 0 {Width} {height}\" role=\"img\" aria-label=\"{WebUtility.HtmlEncode(title)}\">\n{Style}\n");
        svg.Append(CultureInfo.InvariantCulture, $"<text class=\"title\" x=\"8\" y=\"20\">{WebUtility.HtmlEncode(title)}</text>\n");
        for (var i = 0; i < bars.Count; i++)
        {
            Draw(svg, bars[i], 36 + (i * Row), scale, i == 0);
        }

        return svg.Append("</svg>\n").ToString();
    }

    private static void Draw(StringBuilder svg, (string Name, Figure Figure) bar, int top, double scale, bool own)
    {
        var length = Math.Clamp(bar.Figure.Median * scale, 1, Longest);
        var middle = top + 10;
        svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{Names - 10}\" y=\"{top + 15}\" text-anchor=\"end\">{WebUtility.HtmlEncode(bar.Name)}</text>");
        svg.Append(CultureInfo.InvariantCulture, $"<rect class=\"bar{(own ? " own" : "")}\" x=\"{Names}\" y=\"{top}\" width=\"{length:0.#}\" height=\"20\" rx=\"2\"/>");
        if (bar.Figure.Median * scale > Longest)
        {
            svg.Append(CultureInfo.InvariantCulture, $"<line class=\"cut\" x1=\"{Names + Longest - 34}\" y1=\"{top + 22}\" x2=\"{Names + Longest - 24}\" y2=\"{top - 2}\"/>");
        }
        else
        {
            svg.Append(CultureInfo.InvariantCulture, $"<line class=\"span\" x1=\"{At(bar.Figure.Min)}\" y1=\"{middle}\" x2=\"{At(bar.Figure.Max)}\" y2=\"{middle}\"/>");
        }

        svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{Names + Math.Max(length, Math.Min(Longest, bar.Figure.Max * scale)) + 8:0.#}\" y=\"{top + 15}\">{Number.Short(bar.Figure.Median)}</text>\n");

        string At(double value) => (Names + Math.Clamp(value * scale, 0, Longest)).ToString("0.#", CultureInfo.InvariantCulture);
    }

    // One that is far off all others is cut, or nothing could be told of them.
    private static double Scale(double[] values)
    {
        var sorted = values.OrderDescending().ToArray();
        return Math.Max(1e-9, sorted.Length > 1 && sorted[0] > 3 * sorted[1] ? sorted[1] * 1.5 : sorted[0] * 1.1);
    }
}
