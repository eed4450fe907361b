namespace Gateway.Generator;

/// <summary>Makes a sentence of a table's phrase.</summary>
internal static class Sentence
{
    public static string Of(string phrase) =>
        phrase.Length == 0 ? phrase : string.Concat(char.ToUpperInvariant(phrase[0]).ToString(), phrase.AsSpan(1), phrase.EndsWith('.') ? "" : ".");
}
