using System.Text.RegularExpressions;

namespace Gateway.Demo;

/// <summary>The demo's tokenizer: a word or a sign, with the white space before it. The tokens put together are the text.</summary>
internal static partial class Words
{
    public static int Count(string text) => Token().Count(text);

    public static IReadOnlyList<string> Split(string text) => [.. Token().Matches(text).Select(token => token.Value)];

    // Longer runs are several tokens, so that a text without spaces is not cheap.
    [GeneratedRegex(@"\s{0,15}(?:[\p{L}\p{Nd}]{1,16}|[\uD800-\uDBFF][\uDC00-\uDFFF]|\S)|\s{1,16}")]
    private static partial Regex Token();
}
