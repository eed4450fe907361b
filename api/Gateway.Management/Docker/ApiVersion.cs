namespace Gateway.Management.Docker;

/// <summary>Which version of the Docker Engine's API is spoken.</summary>
internal static class ApiVersion
{
    /// <summary>Docker 20.10.</summary>
    public static readonly Version Oldest = new(1, 41);

    /// <summary>Docker 28: what this code was written against.</summary>
    public static readonly Version Newest = new(1, 50);

    /// <summary>The newest that both sides know.</summary>
    /// <param name="theirs">The newest of the Docker Engine.</param>
    /// <param name="theirOldest">The oldest that it still takes.</param>
    /// <returns>Null where there is none.</returns>
    public static Version? Choose(string? theirs, string? theirOldest)
    {
        if (!Version.TryParse(theirs, out var most) || most < Oldest)
        {
            return null;
        }

        var chosen = most < Newest ? most : Newest;
        // The API is only ever added to: what it has dropped below its oldest is not used here.
        return Version.TryParse(theirOldest, out var least) && chosen < least ? least : chosen;
    }
}
