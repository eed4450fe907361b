namespace Gateway.TestModels;

/// <summary>
/// The first dimensions of the residual stream, kept free of random weights so that a few values written by hand can
/// steer the text: no training is needed.
/// </summary>
internal static class Lane
{
    /// <summary>The same value on every token, so that column 0 of the output matrix is a bias per token.</summary>
    public const int Constant = 0;

    /// <summary>Positive right after a closed tool call, negative right after an opened one.</summary>
    public const int Mark = 1;

    /// <summary>Set right after a line feed.</summary>
    public const int Newline = 2;

    /// <summary>Set right after a closing brace.</summary>
    public const int Brace = 3;

    /// <summary>How strongly a token draws the attention of the hand-written head.</summary>
    public const int Key = 4;

    /// <summary>What that head copies from the token it looks at.</summary>
    public const int Value = 5;

    /// <summary>The head's answer: positive while tools are on offer, negative once a call has begun.</summary>
    public const int Tools = 6;

    public const int Count = 7;
}
