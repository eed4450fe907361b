namespace Gateway.Generator;

/// <summary><c>gateway generate [--check] [folder]</c>: writes what the tables say into the repository, or tells what is stale.</summary>
internal static class GenerateCommand
{
    public const int Fresh = 0;
    public const int Stale = 1;
    public const int WrongUsage = 64;

    /// <param name="args">What follows the command's name.</param>
    /// <param name="output">Gets what was written.</param>
    /// <param name="errors">Gets what is stale or wrong.</param>
    public static int Run(string[] args, TextWriter output, TextWriter errors)
    {
        var check = args.Contains("--check");
        var folders = args.Where(argument => argument != "--check").ToArray();
        if (folders.Length > 1 || folders.Any(folder => folder.StartsWith('-')))
        {
            errors.WriteLine("usage: gateway generate [--check] [folder]");
            return WrongUsage;
        }

        var root = RepositoryRoot.Find(folders.FirstOrDefault() ?? Environment.CurrentDirectory);
        if (root is null)
        {
            errors.WriteLine($"Neither this folder nor a parent has {RepositoryRoot.Marker}: run it inside a clone of the repository.");
            return WrongUsage;
        }

        try
        {
            var changes = GeneratedTree.Changes(root);
            return check ? Report(changes, output, errors) : Write(changes, root, output);
        }
        catch (InvalidDataException exception)
        {
            errors.WriteLine(exception.Message);
            return Stale;
        }
    }

    private static int Report(IReadOnlyList<GeneratedChange> changes, TextWriter output, TextWriter errors)
    {
        foreach (var change in changes)
        {
            errors.WriteLine(change.Text is null ? $"{change.Path} belongs to no engine" : $"{change.Path} is out of date");
        }

        if (changes.Count > 0)
        {
            errors.WriteLine("Remedy: make generate");
            return Stale;
        }

        output.WriteLine("Everything generated is up to date.");
        return Fresh;
    }

    private static int Write(IReadOnlyList<GeneratedChange> changes, string root, TextWriter output)
    {
        foreach (var change in changes)
        {
            change.Apply(root);
            output.WriteLine(change.Text is null ? $"removed {change.Path}" : $"wrote {change.Path}");
        }

        output.WriteLine(changes.Count == 0 ? "Everything generated was up to date." : $"{changes.Count} files changed.");
        return Fresh;
    }
}
