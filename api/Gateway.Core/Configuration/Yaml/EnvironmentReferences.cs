using System.Text;

namespace Gateway.Core.Configuration;

/// <summary>Puts variables of the environment in the place of <c>${NAME}</c> and <c>${NAME:-default}</c>.</summary>
internal static class EnvironmentReferences
{
    private const string Begin = "${";
    private const string Otherwise = ":-";

    public static bool HasAny(string text) => text.Contains(Begin, StringComparison.Ordinal);

    /// <returns>The text with every reference replaced; or what is wrong.</returns>
    public static (string? Text, string? Fault) Expand(string text, IReadOnlyDictionary<string, string> variables)
    {
        var result = new StringBuilder();
        var rest = text.AsSpan();
        for (var start = rest.IndexOf(Begin); start >= 0; start = rest.IndexOf(Begin))
        {
            if (start > 0 && rest[start - 1] == '$')
            {
                result.Append(rest[..(start - 1)]).Append(Begin);
                rest = rest[(start + Begin.Length)..];
                continue;
            }

            result.Append(rest[..start]);
            rest = rest[(start + Begin.Length)..];
            var end = rest.IndexOf('}');
            var (value, fault) = end < 0 ? (null, Malformed) : Value(rest[..end].ToString(), variables);
            if (fault is not null)
            {
                return (null, fault);
            }

            result.Append(value);
            rest = rest[(end + 1)..];
        }

        return (result.Append(rest).ToString(), null);
    }

    private const string Malformed = "${ begins the name of a variable: ${NAME} or ${NAME:-default}. For a literal ${ write $${.";

    private static (string? Value, string? Fault) Value(string reference, IReadOnlyDictionary<string, string> variables)
    {
        var split = reference.IndexOf(Otherwise, StringComparison.Ordinal);
        var name = split < 0 ? reference : reference[..split];
        if (name.Length == 0 || char.IsAsciiDigit(name[0]) || !name.All(sign => char.IsAsciiLetterOrDigit(sign) || sign == '_'))
        {
            return (null, Malformed);
        }

        // Empty is not set, as everywhere in the settings.
        if (variables.TryGetValue(name, out var value) && value.Length > 0)
        {
            return (value, null);
        }

        return split < 0 ? (null, $"{name} is not set in the environment. Set it, or write ${{{name}:-}} if it may be missing.") : (reference[(split + Otherwise.Length)..], null);
    }
}
