namespace Gateway.Demo.Answers;

/// <summary>A number within the bounds of a schema.</summary>
internal static class NumberChoice
{
    private const double Tolerance = 1e-9;

    /// <summary>The plainest of a few likely numbers that fits, or null where none does.</summary>
    public static double? Choose(SchemaNode node, bool whole)
    {
        var low = Later(node.Highest("minimum"), node.Highest("exclusiveMinimum"), Math.Max);
        var high = Later(node.Lowest("maximum"), node.Lowest("exclusiveMaximum"), Math.Min);
        var step = node.Highest("multipleOf") ?? 0;
        return Candidates(low, high, whole ? Math.Max(1, step) : step).Where(number => Fits(node, number, whole)).Select(number => (double?)number).FirstOrDefault();
    }

    private static double? Later(double? one, double? other, Func<double, double, double> choose) =>
        one is { } first && other is { } second ? choose(first, second) : one ?? other;

    private static IEnumerable<double> Candidates(double? low, double? high, double step)
    {
        var from = low ?? Math.Min(0, (high ?? 0) - 1);
        var to = high ?? from + 1;
        if (step > 0)
        {
            // The multiples at either bound, and those beside them.
            var first = Math.Ceiling(from / step) * step;
            var last = Math.Floor(to / step) * step;
            return [1, step, last, first, first + step, last - step];
        }

        return [1, 0, Math.Floor(from) + 1, from, to, (from + to) / 2];
    }

    private static bool Fits(SchemaNode node, double number, bool whole)
    {
        var multiple = node.Highest("multipleOf") is not { } step || step <= 0 || Math.Abs((number / step) - Math.Round(number / step)) < Tolerance;
        return double.IsFinite(number)
            && multiple
            && (!whole || number == Math.Truncate(number))
            && !(number < node.Highest("minimum"))
            && !(number <= node.Highest("exclusiveMinimum"))
            && !(number > node.Lowest("maximum"))
            && !(number >= node.Lowest("exclusiveMaximum"));
    }
}
