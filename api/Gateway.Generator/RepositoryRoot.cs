namespace Gateway.Generator;

/// <summary>Finds the clone that a folder lies in.</summary>
internal static class RepositoryRoot
{
    public const string Marker = "gateway.sln";

    public static string? Find(string folder)
    {
        for (var current = new DirectoryInfo(folder); current is not null; current = current.Parent)
        {
            if (File.Exists(Path.Combine(current.FullName, Marker)))
            {
                return current.FullName;
            }
        }

        return null;
    }
}
