namespace Gateway.TestModels;

/// <summary>The attention matrices of one layer: random, but for one hand-written head in the first layer.</summary>
internal sealed class AttentionWeights
{
    private const int Width = ModelShape.Embedding;

    public AttentionWeights(RandomWeights random)
    {
        var deviation = Math.Pow(Width, -0.5);
        Query = random.Matrix(Width, Width, deviation);
        Key = random.Matrix(ModelShape.KeyValueEmbedding, Width, deviation);
        Value = random.Matrix(ModelShape.KeyValueEmbedding, Width, deviation);
        Output = random.WritingMatrix(Width, Width, 0.5 / Width);
    }

    public double[] Query { get; }

    public double[] Key { get; }

    public double[] Value { get; }

    public double[] Output { get; }

    /// <summary>
    /// Makes head 0 look, from every position, for the token with the largest key, and copy that token's value into the
    /// tools lane. It uses the slowest pair of the rotary embedding, so distance hardly matters; without such a token
    /// it writes nothing.
    /// </summary>
    public void AddToolsHead()
    {
        const int Slow = ModelShape.HeadSize - 2;
        Array.Clear(Query, 0, ModelShape.HeadSize * Width);
        Query[(Slow * Width) + Lane.Constant] = 2.0;

        Array.Clear(Key, Slow * Width, 2 * Width);
        Key[(Slow * Width) + Lane.Key] = 2.0;

        Array.Clear(Value, 0, Width);
        Value[Lane.Value] = 1.0;

        for (var row = 0; row < Width; row++)
        {
            Output[row * Width] = 0.0;
        }

        Output[Lane.Tools * Width] = 0.5;
    }
}
