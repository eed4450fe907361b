using Gateway.Engines;

namespace Gateway.Commands.Generation;

/// <summary>Everything in the repository that is written from the tables.</summary>
internal static class GeneratedTree
{
    private const string EnvFolder = "deploy/env";

    public static IReadOnlyList<GeneratedDocument> Documents { get; } =
    [
        GeneratedDocument.Regions("README.md", ("engines", EngineTable.Render), ("capabilities", () => CapabilityMatrix.Render(folded: true))),
        GeneratedDocument.Regions("docs/engines.md", ("capabilities", () => CapabilityMatrix.Render(folded: false)), ("engines", EnginePages.Render)),
        GeneratedDocument.Regions("docs/configuration.md", ("settings", SettingTable.Render)),
        GeneratedDocument.Regions(".env.example", ("engine", EnvExample.Engine), ("settings", EnvExample.Others)),
        .. EngineCatalog.All.Where(engine => !engine.Demonstration).Select(engine =>
            GeneratedDocument.Whole($"{EnvFolder}/{engine.Id}.env", () => EngineEnvFile.Render(engine))),
        GeneratedDocument.Whole($"{EnvFolder}/external.env", ExternalEnvFile.Render),
    ];

    /// <summary>What differs from the tables, in the order of the documents; files of engines that are gone come last.</summary>
    public static IReadOnlyList<GeneratedChange> Changes(string root)
    {
        var changes = new List<GeneratedChange>();
        foreach (var document in Documents)
        {
            var file = Path.Combine(root, document.Path);
            var current = File.Exists(file) ? File.ReadAllText(file) : null;
            var text = document.Render(current ?? "");
            if (text != current)
            {
                changes.Add(new GeneratedChange(document.Path, text));
            }
        }

        var folder = Path.Combine(root, EnvFolder);
        var found = Directory.Exists(folder) ? Directory.GetFiles(folder, "*.env").Select(file => $"{EnvFolder}/{Path.GetFileName(file)}") : [];
        changes.AddRange(found.Except(Documents.Select(document => document.Path)).Order(StringComparer.Ordinal).Select(path => new GeneratedChange(path, null)));
        return changes;
    }
}
