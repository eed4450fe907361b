namespace Gateway.TestModels;

/// <summary>One entry of the vocabulary.</summary>
/// <param name="Piece">Its text.</param>
/// <param name="Score">The tokenizer joins the neighbours with the highest score first.</param>
/// <param name="Kind">What it is to the tokenizer.</param>
/// <param name="Bias">Logit it starts from, before anything random.</param>
internal sealed record Token(string Piece, float Score, TokenKind Kind, double Bias)
{
    /// <summary>Only pieces that end in a letter vary at random; the others are steered by their bias alone.</summary>
    public bool IsWordLike => Kind == TokenKind.Normal && char.IsAsciiLetter(Piece[^1]);
}
