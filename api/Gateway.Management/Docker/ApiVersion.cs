using System.Globalization;

namespace Gateway.Management.Docker;

/// <summary>Which version of the Docker Engine's API is spoken.</summary>
internal static class ApiVersion
{
    /// <summary>Docker 20.10.</summary>
    public const string Oldest = "1.41";

    /// <summary>Docker 28: what this code was written against.</summary>
    public const string Newest = "1.50";

    /// <summary>The newest that both sides know.</summary>
    /// <param name="theirs">The newest of the Docker Engine.</param>
    /// <param name="theirOldest">The oldest that it still takes.</param>
    /// <returns>Null where there is none.</returns>
    public static string? Choose(string? theirs, string? theirOldest)
    {
        var (newest, oldest) = (Read(Newest)!.Value, Read(Oldest)!.Value);
        if (Read(theirs) is not { } most || Compare(most, oldest) < 0)
        {
            return null;
        }

        var chosen = Compare(most, newest) < 0 ? most : newest;
        if (Read(theirOldest) is { } least && Compare(chosen, least) < 0)
        {
            // The API is only ever added to: what it has dropped below its oldest is not used here.
            chosen = least;
        }

        return string.Create(CultureInfo.InvariantCulture, $"{chosen.Major}.{chosen.Minor}");
    }

    private static int Compare((int Major, int Minor) one, (int Major, int Minor) other) => one.CompareTo(other);

    private static (int Major, int Minor)? Read(string? text) =>
        text?.Split('.') is [var major, var minor]
        && int.TryParse(major, NumberStyles.None, CultureInfo.InvariantCulture, out var first)
        && int.TryParse(minor, NumberStyles.None, CultureInfo.InvariantCulture, out var second)
            ? (first, second)
            : null;
}
