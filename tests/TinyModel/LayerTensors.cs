namespace Gateway.TestModels;

/// <summary>Adds the tensors of one layer, in the order of the architecture.</summary>
internal sealed class LayerTensors(GgufFile file, int feedForward, bool halfPrecision)
{
    private const int Width = ModelShape.Embedding;

    public void Add(int index, AttentionWeights? attention, RandomWeights? feedForwardRandom)
    {
        var prefix = $"blk.{index}.";
        AddNorm(prefix + "attn_norm");
        AddMatrix(prefix + "attn_q", [Width, Width], attention?.Query);
        AddMatrix(prefix + "attn_k", [Width, ModelShape.KeyValueEmbedding], attention?.Key);
        AddMatrix(prefix + "attn_v", [Width, ModelShape.KeyValueEmbedding], attention?.Value);
        AddMatrix(prefix + "attn_output", [Width, Width], attention?.Output);
        AddNorm(prefix + "ffn_norm");
        AddMatrix(prefix + "ffn_gate", [Width, feedForward], feedForwardRandom?.Matrix(feedForward, Width, Math.Pow(Width, -0.5)));
        AddMatrix(prefix + "ffn_up", [Width, feedForward], feedForwardRandom?.Matrix(feedForward, Width, Math.Pow(Width, -0.5)));
        AddMatrix(prefix + "ffn_down", [feedForward, Width], feedForwardRandom?.WritingMatrix(Width, feedForward, 0.5 / feedForward));
    }

    public void AddNorm(string name)
    {
        var ones = new double[Width];
        Array.Fill(ones, 1.0);
        file.Add(new GgufTensor(name + ".weight", [Width], ones, HalfPrecision: false));
    }

    public void AddMatrix(string name, int[] shape, double[]? values) =>
        file.Add(new GgufTensor(name + ".weight", shape, values, halfPrecision));
}
