namespace Gateway.Generator;

/// <summary>One file that is written from the tables, wholly or between its markers.</summary>
/// <param name="Path">Below the repository's root, with slashes.</param>
/// <param name="Render">The file's whole text, made from what it holds now.</param>
internal sealed record GeneratedDocument(string Path, Func<string, string> Render)
{
    public static GeneratedDocument Whole(string path, Func<string> text) => new(path, _ => text());

    public static GeneratedDocument Regions(string path, params (string Name, Func<string> Text)[] regions) => new(path, current =>
    {
        var text = regions.Aggregate(current, (document, region) => MarkedRegion.Replace(path, document, region.Name, region.Text()));
        var unknown = MarkedRegion.Names(text).Except(regions.Select(region => region.Name)).FirstOrDefault();
        return unknown is null ? text : throw new InvalidDataException($"{path} has a generated region '{unknown}' that nothing writes: remove it.");
    });
}
