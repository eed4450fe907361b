namespace Gateway.TestModels;

/// <summary>Draws weights; matrices are flat, row after row. The order of the draws is part of the model's identity.</summary>
internal sealed class RandomWeights(uint seed)
{
    private readonly MersenneTwister _random = new(seed);

    /// <summary>About normally distributed: the sum of four uniform numbers.</summary>
    public double Next(double deviation) =>
        (_random.NextDouble() + _random.NextDouble() + _random.NextDouble() + _random.NextDouble() - 2.0) * 1.7320508 * deviation;

    public double[] Matrix(int rows, int columns, double deviation) => Matrix(rows, columns, deviation, firstRow: 0);

    /// <summary>A matrix whose result is added to the residual stream: it must leave the lanes alone.</summary>
    public double[] WritingMatrix(int rows, int columns, double deviation) => Matrix(rows, columns, deviation, firstRow: Lane.Count);

    /// <summary>A row that starts with a value and otherwise empty lanes, and is random behind them.</summary>
    public double[] Row(double constant, double deviation)
    {
        var row = new double[ModelShape.Embedding];
        row[Lane.Constant] = constant;
        for (var i = Lane.Count; i < row.Length; i++)
        {
            row[i] = Next(deviation);
        }

        return row;
    }

    private double[] Matrix(int rows, int columns, double deviation, int firstRow)
    {
        var values = new double[rows * columns];
        for (var i = firstRow * columns; i < values.Length; i++)
        {
            values[i] = Next(deviation);
        }

        return values;
    }
}
