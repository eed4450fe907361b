using System.Text.RegularExpressions;
using Gateway.Engines;
using Xunit;

namespace Gateway.Tests;

/// <summary>Who may use whom in <c>api/</c>, read from the <c>using</c> lines, and that no engine is known outside the engine table.</summary>
public sealed partial class LayeringTests
{
    /// <summary>From the bottom up. A folder uses folders of the lines above its own, never those beside it.</summary>
    private static readonly string[][] Layers =
    [
        ["Endpoints"],
        ["Engines"],
        ["Errors"],
        ["Configuration"],
        ["Telemetry"],
        ["Bodies"],
        ["Authentication", "Backends", "Demo", "Detection", "Limits"],
        ["Health", "ModelList", "Streams"],
        ["Routing"],
        ["Forwarding"],
        ["Management"],
        ["Hosting"],
        ["Commands"],
    ];

    private static readonly string Api = Path.Combine(Clone.Root, "api");

    public static TheoryData<string> Folders => [.. SourceFolders];

    private static IEnumerable<string> SourceFolders => Directory.GetDirectories(Api).Select(folder => Path.GetFileName(folder)!).Where(IsSource).Order();

    [Theory]
    [MemberData(nameof(Folders))]
    public void Folder_EveryUsing_PointsDown(string folder)
    {
        var own = LevelOf(folder);
        Assert.True(own >= 0, $"api/{folder} has no place in the layers: give it one, as low as it can be.");
        Assert.All(Usings(folder), used => Assert.True(
            used.Folder == folder || LevelOf(used.Folder) < own,
            $"{used.File} uses {used.Folder}, which is not below {folder}."));
    }

    [Theory]
    [InlineData("Endpoints")]
    [InlineData("Engines")]
    public void Table_EveryUsing_IsOfTheBaseLibrary(string folder) =>
        Assert.All(Files(folder), file => Assert.DoesNotMatch(WebUsing(), File.ReadAllText(file)));

    // "openai" is the name of the API as well, and "demo" an ordinary word.
    [Fact]
    public void Source_OutsideTheEngineTable_NamesNoEngine()
    {
        var engines = EngineCatalog.All.Where(profile => !profile.Demonstration && profile.Id != "openai").ToArray();
        var names = engines.SelectMany(profile => new[] { profile.Id, profile.DisplayName }).Distinct(StringComparer.OrdinalIgnoreCase);
        var pattern = new Regex($@"(?<![a-z])({string.Join('|', names.Select(Regex.Escape))})", RegexOptions.IgnoreCase);

        var files = Directory.GetFiles(Api, "*.cs").Concat(SourceFolders.Where(folder => folder != "Engines").SelectMany(Files));
        Assert.All(files, file => Assert.DoesNotMatch(pattern, File.ReadAllText(file)));
    }

    [Fact]
    public void Folders_EveryLayer_Exists() =>
        Assert.All(Layers.SelectMany(layer => layer), folder => Assert.True(Directory.Exists(Path.Combine(Api, folder)), $"api/{folder} is gone."));

    private static int LevelOf(string folder) => Array.FindIndex(Layers, layer => layer.Contains(folder));

    private static bool IsSource(string folder) => folder is not ("bin" or "obj" or "wwwroot" or "Properties");

    private static string[] Files(string folder) => Directory.GetFiles(Path.Combine(Api, folder), "*.cs", SearchOption.AllDirectories);

    private static IEnumerable<(string File, string Folder)> Usings(string folder) =>
        from file in Files(folder)
        from Match match in GatewayUsing().Matches(File.ReadAllText(file))
        select (Path.GetRelativePath(Api, file), match.Groups[1].Value);

    [GeneratedRegex(@"\bGateway\.([A-Z]\w+)")]
    private static partial Regex GatewayUsing();

    [GeneratedRegex(@"^using (Microsoft\.AspNetCore|Microsoft\.Extensions|Yarp)", RegexOptions.Multiline)]
    private static partial Regex WebUsing();
}
