using System.Text;
using YamlDotNet.Core;

namespace Gateway.Core.Configuration;

/// <summary>The text of a file, and what is wrong with it as text.</summary>
internal static class YamlSource
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <returns>The text without byte order mark; null where it is none.</returns>
    public static string? Decode(ReadOnlySpan<byte> bytes, List<YamlFault> faults)
    {
        bytes = bytes.StartsWith(Encoding.UTF8.Preamble) ? bytes[Encoding.UTF8.Preamble.Length..] : bytes;
        try
        {
            return Utf8.GetString(bytes);
        }
        catch (DecoderFallbackException e)
        {
            var before = bytes[..Math.Clamp(e.Index, 0, bytes.Length)];
            faults.Add(new YamlFault(new(before.Count((byte)'\n') + 1, before.Length - before.LastIndexOf((byte)'\n')), "", "the file is not UTF-8 text from here on."));
            return null;
        }
    }

    /// <summary>What stopped the parser.</summary>
    public static YamlFault Explain(string text, YamlException e)
    {
        var place = new YamlPlace((int)e.Start.Line, (int)e.Start.Column);
        if (e.Message.Contains("tab", StringComparison.Ordinal) && FindTab(text, place.Line) is { } tab)
        {
            return new YamlFault(tab, "", "the indentation has a tab: indent with spaces.");
        }

        // The parser's own words begin with a capital, the gateway's do not.
        return new YamlFault(place, "", char.IsUpper(e.Message[0])
            ? $"this is not valid YAML: {char.ToLowerInvariant(e.Message[0])}{e.Message[1..].TrimEnd('.')}. Check the indentation and the quotes here and in the line before."
            : e.Message);
    }

    // The parser names the place where the block begins, not that of the tab.
    private static YamlPlace? FindTab(string text, int from)
    {
        var lines = text.Split('\n');
        for (var line = Math.Max(0, from - 1); line < lines.Length; line++)
        {
            var indentation = lines[line].AsSpan()[..^lines[line].AsSpan().TrimStart().Length];
            if (indentation.IndexOf('\t') is >= 0 and var column && !lines[line].AsSpan().Trim().IsEmpty)
            {
                return new YamlPlace(line + 1, column + 1);
            }
        }

        return null;
    }
}
