namespace Gateway.Core.Configuration;

/// <summary>Model names with <c>*</c> for any text, the empty one too.</summary>
internal static class NamePattern
{
    public static bool Is(string name) => name.Contains('*', StringComparison.Ordinal);

    public static bool Matches(string pattern, ReadOnlySpan<char> name)
    {
        var rest = pattern.AsSpan();
        var star = rest.IndexOf('*');
        if (star < 0)
        {
            return rest.SequenceEqual(name);
        }

        if (!name.StartsWith(rest[..star], StringComparison.Ordinal))
        {
            return false;
        }

        name = name[star..];
        for (rest = rest[(star + 1)..]; (star = rest.IndexOf('*')) >= 0; rest = rest[(star + 1)..])
        {
            var found = name.IndexOf(rest[..star], StringComparison.Ordinal);
            if (found < 0)
            {
                return false;
            }

            name = name[(found + star)..];
        }

        return name.EndsWith(rest, StringComparison.Ordinal);
    }
}
