namespace Gateway.TestModels;

/// <summary>What can be asked of the tiny model.</summary>
internal sealed record TinyModelOptions
{
    /// <summary>Logit of the end-of-turn token: higher gives shorter answers, -40 answers that never end by themselves.</summary>
    public double EndBias { get; init; } = 3.8;

    /// <summary>Start of the random sequence that the weights are drawn from.</summary>
    public uint Seed { get; init; } = 3;

    /// <summary>Context length the model claims to be trained for, in tokens.</summary>
    public uint ContextLength { get; init; } = 2048;

    /// <summary>Half-precision matrices: half the size.</summary>
    public bool HalfPrecision { get; init; }

    /// <summary>All-zero layers of about this size in all, in a sparse file: they change no answer but make loading and every token slower.</summary>
    public int ZeroPadMebibytes { get; init; }
}
