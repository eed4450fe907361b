namespace Gateway.TestModels;

/// <summary>The two matrices with a row per token: what a token puts into the residual stream, and what makes it come out.</summary>
internal static class TokenWeights
{
    private const double WordSpread = 2.0;

    // The constant lane after the last normalisation, where the other lanes are empty.
    private static readonly double ConstantLevel = Math.Sqrt(ModelShape.Embedding / 2.0);

    public static double[] Embedding(Vocabulary vocabulary, RandomWeights random)
    {
        var deviation = Math.Pow(ModelShape.Embedding - Lane.Count, -0.5);
        double[][] rows = [.. vocabulary.Tokens.Select(_ => random.Row(1.0, deviation))];

        rows[vocabulary[Vocabulary.LineFeed]][Lane.Newline] = 1.0;
        rows[vocabulary["}"]][Lane.Brace] = 1.0;
        rows[vocabulary[Vocabulary.ToolCallEnd]][Lane.Mark] = 2.0;
        rows[vocabulary[Vocabulary.ToolCall]][Lane.Mark] = -2.0;

        // The largest key wins the attention: a call begun counts more than tools on offer, an answer of a tool most.
        Attend(rows[vocabulary[Vocabulary.Tools]], key: 1.0, value: 1.0);
        Attend(rows[vocabulary[Vocabulary.ToolCall]], key: 3.0, value: -2.0);
        Attend(rows[vocabulary[Vocabulary.ToolResponse]], key: 4.0, value: 0.0);
        return [.. rows.SelectMany(static row => row)];
    }

    public static double[] Output(Vocabulary vocabulary, RandomWeights random)
    {
        double[][] rows = [.. vocabulary.Tokens.Select(token =>
            random.Row(token.Bias / ConstantLevel, token.IsWordLike ? WordSpread / ConstantLevel : 0.0))];

        // Each of the two needs both of its conditions to overcome the constant.
        Trigger(rows[vocabulary[Vocabulary.ToolCall]], Lane.Newline, weight: 6.0, tools: 5.0);
        Trigger(rows[vocabulary[Vocabulary.ToolCallEnd]], Lane.Brace, weight: 8.0, tools: -5.0);

        // A line feed follows an opened call, where engines expect it; the turn ends after a closed one.
        rows[vocabulary[Vocabulary.LineFeed]][Lane.Mark] = -12.0;
        rows[vocabulary[Vocabulary.EndOfTurn]][Lane.Mark] = 3.0;
        return [.. rows.SelectMany(static row => row)];
    }

    private static void Attend(double[] row, double key, double value)
    {
        row[Lane.Key] = key;
        row[Lane.Value] = value;
    }

    private static void Trigger(double[] row, int after, double weight, double tools)
    {
        row[Lane.Constant] = -12.0;
        row[after] = weight;
        row[Lane.Tools] = tools;
    }
}
