namespace Gateway.Bench;

/// <summary>All figures of a run, by contender and measure; a figure a round.</summary>
internal sealed class Results
{
    private readonly Dictionary<(string Contender, string Measure), List<double>> _values = [];

    public IEnumerable<IGrouping<string, KeyValuePair<(string Contender, string Measure), List<double>>>> ByContender => _values.GroupBy(pair => pair.Key.Contender);

    public void Add(string contender, string measure, double value)
    {
        if (!_values.TryGetValue((contender, measure), out var values))
        {
            _values[(contender, measure)] = values = [];
        }

        values.Add(value);
    }

    /// <summary>The latest figure; not a number when there is none.</summary>
    public double Latest(string contender, string measure) => _values.TryGetValue((contender, measure), out var values) ? values[^1] : double.NaN;

    /// <summary>Median, least and greatest; null when it was not measured.</summary>
    public Figure? Of(string contender, string measure) => _values.TryGetValue((contender, measure), out var values) ? Figure.Of(values) : null;

    /// <summary>The median of a ratio, taken round by round, so that what slows the machine down for a moment is in both.</summary>
    public Figure? Ratio(string contender, string other, string measure) =>
        _values.TryGetValue((contender, measure), out var values) && _values.TryGetValue((other, measure), out var others)
            ? Figure.Of([.. values.Zip(others, (a, b) => a / b)])
            : null;
}

/// <summary>A figure over the rounds.</summary>
internal sealed record Figure(double Median, double Min, double Max, int Rounds)
{
    public static Figure Of(IReadOnlyList<double> values)
    {
        var sorted = values.Order().ToArray();
        var middle = sorted.Length / 2;
        var median = sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
        return new Figure(median, sorted[0], sorted[^1], sorted.Length);
    }
}
