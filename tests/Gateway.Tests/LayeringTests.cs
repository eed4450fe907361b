using System.Text.RegularExpressions;
using System.Xml.Linq;
using Gateway.Engines;
using Xunit;

namespace Gateway.Tests;

/// <summary>Which project of <c>api/</c> references which, and that no engine is known outside the engine table.</summary>
public sealed partial class LayeringTests
{
    private static readonly Dictionary<string, string[]> References = new()
    {
        ["Gateway.Engines"] = [],
        ["Gateway.Core"] = ["Gateway.Engines"],
        ["Gateway.Proxy"] = ["Gateway.Engines", "Gateway.Core"],
        ["Gateway.Demo"] = ["Gateway.Engines", "Gateway.Core"],
        ["Gateway.Management"] = ["Gateway.Engines", "Gateway.Core", "Gateway.Proxy"],
        ["Gateway.Console"] = ["Gateway.Engines", "Gateway.Core", "Gateway.Proxy", "Gateway.Management"],
        ["Gateway"] = ["Gateway.Engines", "Gateway.Core", "Gateway.Proxy", "Gateway.Demo", "Gateway.Management", "Gateway.Console"],
        ["Gateway.Generator"] = ["Gateway.Engines", "Gateway.Core", "Gateway.Management"],
    };

    private static readonly string Api = Path.Combine(Clone.Root, "api");

    public static TheoryData<string> Projects => [.. References.Keys];

    [Fact]
    public void Projects_AreThese() =>
        Assert.Equal(References.Keys.Order(), Directory.GetDirectories(Api).Select(Path.GetFileName).Where(name => name is not ("bin" or "obj")).Order());

    [Theory]
    [MemberData(nameof(Projects))]
    public void Project_References_OnlyWhatIsBelow(string project)
    {
        var references = ProjectOf(project).Descendants("ProjectReference").Select(reference => Path.GetFileNameWithoutExtension((string)reference.Attribute("Include")!));

        Assert.All(references, reference => Assert.Contains(reference, References[project]));
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void Project_ShowsItsInternals_ToTestsAlone(string project) =>
        Assert.All(
            ProjectOf(project).Descendants("InternalsVisibleTo").Concat(XDocument.Load(Path.Combine(Api, "Directory.Build.props")).Descendants("InternalsVisibleTo")),
            seen => Assert.DoesNotContain((string)seen.Attribute("Include")!, References.Keys));

    [Fact]
    public void Tables_UseTheBaseLibraryAlone()
    {
        Assert.DoesNotContain(ProjectOf("Gateway.Engines").Descendants(), static item => item.Name.LocalName is "PackageReference" or "FrameworkReference");
        Assert.All(Files("Gateway.Engines"), file => Assert.DoesNotMatch(WebUsing(), File.ReadAllText(file)));
    }

    // "openai" is the name of the API as well, and "demo" an ordinary word.
    [Fact]
    public void Source_OutsideTheEngineTable_NamesNoEngine()
    {
        var engines = EngineCatalog.All.Where(profile => !profile.Demonstration && profile.Id != "openai").ToArray();
        var names = engines.SelectMany(profile => new[] { profile.Id, profile.DisplayName }).Distinct(StringComparer.OrdinalIgnoreCase);
        var pattern = new Regex($@"(?<![a-z])({string.Join('|', names.Select(Regex.Escape))})", RegexOptions.IgnoreCase);

        Assert.All(References.Keys.Where(project => project != "Gateway.Engines").SelectMany(Files), file => Assert.DoesNotMatch(pattern, File.ReadAllText(file)));
    }

    private static XDocument ProjectOf(string project) => XDocument.Load(Path.Combine(Api, project, project + ".csproj"));

    private static IEnumerable<string> Files(string project) =>
        Directory.GetFiles(Path.Combine(Api, project), "*.cs", SearchOption.AllDirectories).Where(file => !Built().IsMatch(Path.GetRelativePath(Api, file)));

    [GeneratedRegex(@"^using (Microsoft\.AspNetCore|Microsoft\.Extensions|Yarp)", RegexOptions.Multiline)]
    private static partial Regex WebUsing();

    [GeneratedRegex(@"[\\/](bin|obj)[\\/]")]
    private static partial Regex Built();
}
