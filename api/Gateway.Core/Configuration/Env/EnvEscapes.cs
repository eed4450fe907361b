using System.Buffers;
using System.Text;

namespace Gateway.Core.Configuration;

/// <summary>
/// The escapes of a value in double quotes. DotNetEnv reads them. It gets nothing that it would take for a reference, for the
/// number of a character or for the end of the quotes: it reads those otherwise than Docker Compose does, or fails on them with
/// any exception (docs/decisions/0005-env-files.md).
/// </summary>
internal static class EnvEscapes
{
    // What Docker Compose knows. A backslash before anything else is a backslash.
    private static readonly SearchValues<char> Known = SearchValues.Create("abfnrtv\\\"$");

    /// <summary>The text with its escapes replaced. Never throws.</summary>
    public static string Read(ReadOnlySpan<char> text)
    {
        if (!text.Contains('\\'))
        {
            return text.ToString();
        }

        try
        {
            return DotNetEnv.Env.LoadContents($"V=\"{Safe(text)}\"", DotNetEnv.Env.NoEnvVars()).Single().Value;
        }
#pragma warning disable CA1031 // The library throws whatever its parts throw; what it cannot read is taken as it stands.
        catch (Exception)
#pragma warning restore CA1031
        {
            return text.ToString();
        }
    }

    private static StringBuilder Safe(ReadOnlySpan<char> text)
    {
        var safe = new StringBuilder(text.Length + 16);
        for (var at = 0; at < text.Length; at++)
        {
            var escape = text[at] == '\\' && at + 1 < text.Length && Known.Contains(text[at + 1]);
            if (escape)
            {
                safe.Append('\\').Append(text[++at]);
            }
            else if (text[at] is '\\' or '"' or '$')
            {
                safe.Append('\\').Append(text[at]);
            }
            else
            {
                safe.Append(text[at]);
            }
        }

        return safe;
    }
}
