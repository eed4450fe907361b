using System.Globalization;

namespace Gateway.Bench.Report;

/// <summary>Figures as people read them.</summary>
internal static class Number
{
    /// <summary>Three significant digits, thousands apart.</summary>
    public static string Short(double value)
    {
        var size = Math.Abs(value);
        return value.ToString(size >= 100 ? "#,0" : size >= 10 ? "0.0" : "0.00", CultureInfo.InvariantCulture);
    }

    public static string Whole(int number) => number.ToString("#,0", CultureInfo.InvariantCulture);

    /// <summary>The median, and least and greatest in brackets.</summary>
    public static string Spread(Figure? figure, double unit = 1) => figure switch
    {
        null => "–",
        { Rounds: 1 } => Short(figure.Median / unit),
        _ => $"{Short(figure.Median / unit)} ({Short(figure.Min / unit)} to {Short(figure.Max / unit)})",
    };
}
