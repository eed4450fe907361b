using Gateway.Engines;
using Gateway.Generator.Compose;

namespace Gateway.Generator;

/// <summary>Everything in the repository that is written from the tables.</summary>
internal static class GeneratedTree
{
    private const string EnvFolder = "deploy/env";
    private const string ComposeFolder = "compose";
    private const string GpuFolder = "compose/gpu";

    public static IReadOnlyList<GeneratedDocument> Documents { get; } =
    [
        GeneratedDocument.Regions("README.md", ("engines", EngineTable.Render)),
        GeneratedDocument.Regions("docs/engines.md", ("capabilities", CapabilityMatrix.Render), ("engines", EnginePages.Render)),
        GeneratedDocument.Whole("docs/images/capabilities.svg", CapabilityPicture.Render),
        GeneratedDocument.Regions("docs/configuration.md", ("settings", SettingTable.Render), ("file", FileTables.Render)),
        GeneratedDocument.Regions("docs/management.md", ("management-routes", ManagementTable.Render)),
        GeneratedDocument.Whole("docs/gateway.schema.json", FileSchema.Render),
        GeneratedDocument.Regions(".env.example", ("engine", EnvExample.Engine), ("settings", EnvExample.Others)),
        .. EngineCatalog.All.Where(engine => !engine.Demonstration).Select(engine =>
            GeneratedDocument.Whole($"{EnvFolder}/{engine.Id}.env", () => EngineEnvFile.Render(engine))),
        GeneratedDocument.Whole($"{EnvFolder}/external.env", ExternalEnvFile.Render),
        GeneratedDocument.Regions("docs/compose.md", ("engines", ComposeTable.Render)),
        GeneratedDocument.Regions("docker-compose.yml", ("include", ComposeRegions.Include), ("settings", ComposeRegions.Settings), ("engines", ComposeRegions.DependsOn)),
        .. ComposeService.All.Select(pair => GeneratedDocument.Whole($"{ComposeFolder}/{pair.Engine.Id}.yml", () => ComposeService.Render(pair.Engine, pair.Container))),
        .. Enum.GetValues<Accelerator>().Select(accelerator =>
            GeneratedDocument.Whole($"{GpuFolder}/{ComposeRegions.Name(accelerator)}.env", () => ComposeRegions.Images(accelerator))),
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

        var found = Files(root, EnvFolder, "*.env").Concat(Files(root, ComposeFolder, "*.yml")).Concat(Files(root, GpuFolder, "*.env"));
        changes.AddRange(found.Except(Documents.Select(document => document.Path)).Order(StringComparer.Ordinal).Select(path => new GeneratedChange(path, null)));
        return changes;
    }

    private static IEnumerable<string> Files(string root, string folder, string pattern)
    {
        var path = Path.Combine(root, folder);
        return Directory.Exists(path) ? Directory.GetFiles(path, pattern).Select(file => $"{folder}/{Path.GetFileName(file)}") : [];
    }
}
