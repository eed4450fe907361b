using System.Buffers;
using System.Text;

namespace Gateway.Hosting;

/// <summary>Texts of clients and engines are in the log: none may steer the terminal that shows it, or begin a line of its own.</summary>
internal static class LogText
{
    // Controls of both kinds, what ends a line for some viewers, and what turns the reading direction.
    private static readonly SearchValues<char> Steering = SearchValues.Create(
        [.. Enumerable.Range(0, 0xa0).Select(static c => (char)c).Where(char.IsControl), .. "\u2028\u2029\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"]);

    /// <summary>Masks such characters in one line, whose own end stays.</summary>
    public static void MakeHarmless(StringBuilder line)
    {
        var last = line.Length;
        while (last > 0 && line[last - 1] is '\n' or '\r')
        {
            last--;
        }

        var start = 0;
        foreach (var chunk in line.GetChunks())
        {
            for (var at = Next(chunk.Span, 0); at >= 0 && start + at < last; at = Next(chunk.Span, at + 1))
            {
                line[start + at] = '?';
            }

            start += chunk.Length;
        }
    }

    private static int Next(ReadOnlySpan<char> text, int from) => text[from..].IndexOfAny(Steering) is var next and >= 0 ? from + next : -1;
}
