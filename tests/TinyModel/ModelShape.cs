namespace Gateway.TestModels;

/// <summary>The sizes of the model, in the terms of the llama architecture.</summary>
internal static class ModelShape
{
    public const int Embedding = 64;
    public const int Layers = 2;
    public const int Heads = 4;
    public const int KeyValueHeads = 2;
    public const int HeadSize = Embedding / Heads;
    public const int KeyValueEmbedding = HeadSize * KeyValueHeads;

    private const int FeedForward = 128;
    private const int PaddedFeedForward = 16384;

    /// <summary>How many all-zero layers make up the padding asked for.</summary>
    public static int PaddingLayers(TinyModelOptions options)
    {
        var layerBytes = 3L * Embedding * PaddedFeedForward * (options.HalfPrecision ? 2 : 4);
        return (int)(((options.ZeroPadMebibytes * 1048576L) + layerBytes - 1) / layerBytes);
    }

    /// <summary>The architecture has one feed-forward width for all layers, so padding widens the real ones too.</summary>
    public static int FeedForwardWidth(TinyModelOptions options) =>
        PaddingLayers(options) == 0 ? FeedForward : PaddedFeedForward;
}
