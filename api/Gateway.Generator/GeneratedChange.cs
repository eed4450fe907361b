namespace Gateway.Generator;

/// <summary>A file that differs from what the tables say.</summary>
/// <param name="Path">Below the repository's root.</param>
/// <param name="Text">What it should hold; null: it should not be there.</param>
internal sealed record GeneratedChange(string Path, string? Text)
{
    public void Apply(string root)
    {
        var file = System.IO.Path.Combine(root, Path);
        if (Text is null)
        {
            File.Delete(file);
            return;
        }

        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(file)!);
        File.WriteAllText(file, Text);
    }
}
