using System.Text;

namespace Gateway.Demo;

/// <summary>The demo's tokenizer: a word or a sign, with the white space before it. The tokens of a text, put together, are the text.</summary>
internal static class Words
{
    /// <summary>Longer runs count as several tokens, so that a text without spaces is not cheap.</summary>
    private const int Longest = 16;

    public static int Count(string text)
    {
        var count = 0;
        for (var start = 0; start < text.Length; start = End(text, start))
        {
            count++;
        }

        return count;
    }

    public static IReadOnlyList<string> Split(string text)
    {
        var words = new List<string>();
        var start = 0;
        while (start < text.Length)
        {
            var end = End(text, start);
            words.Add(text[start..end]);
            start = end;
        }

        return words;
    }

    private static int End(string text, int start)
    {
        var spaces = Run(text, start, Rune.IsWhiteSpace);
        if (spaces == text.Length || spaces - start >= Longest)
        {
            return spaces;
        }

        var word = Run(text, spaces, Rune.IsLetterOrDigit);
        return word > spaces ? word : spaces + Step(text, spaces, out _);
    }

    /// <summary>Where a run of such characters ends, at the latest at its longest.</summary>
    private static int Run(string text, int start, Func<Rune, bool> belongs)
    {
        var end = start;
        while (end < text.Length && end - start < Longest)
        {
            var step = Step(text, end, out var rune);
            if (!belongs(rune))
            {
                break;
            }

            end += step;
        }

        return end;
    }

    private static int Step(string text, int at, out Rune rune)
    {
        Rune.DecodeFromUtf16(text.AsSpan(at), out rune, out var length);
        return length;
    }
}
