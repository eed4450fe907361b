using System.Text.RegularExpressions;
using Gateway.Core.Configuration;
using Xunit;

namespace Gateway.Tests.Generated;

/// <summary>What the hand-written pages point at is there.</summary>
public sealed partial class DocumentationTests
{
    public static TheoryData<string> Pages =>
    [
        "README.md",
        .. Directory.EnumerateFiles(Path.Combine(Clone.Root, "docs"), "*.md", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(Clone.Root, file)),
    ];

    [Theory]
    [MemberData(nameof(Pages))]
    public void Page_EveryLinkWithinTheRepository_LeadsSomewhere(string page)
    {
        var folder = Path.GetDirectoryName(Path.Combine(Clone.Root, page))!;
        var links = Link().Matches(Clone.Read(page)).Select(match => match.Groups[1].Value.Split('#')[0]).Where(link => link.Length > 0 && !link.Contains("://", StringComparison.Ordinal));

        Assert.All(links, link => Assert.True(Path.Exists(Path.Combine(folder, link)), link));
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public void Page_EveryMakeTarget_Exists(string page)
    {
        var makefile = Clone.Read("Makefile");
        var targets = MakeTarget().Matches(Clone.Read(page)).Select(match => match.Groups[1].Value.StartsWith("env-", StringComparison.Ordinal) ? "env-%" : match.Groups[1].Value);

        Assert.All(targets, target => Assert.Contains($"\n{target}:", makefile, StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public void Page_EverySettingOfTheGateway_Exists(string page) =>
        Assert.All(
            Setting().Matches(Clone.Read(page)).Select(match => match.Value),
            name => Assert.Contains(SettingCatalog.All, setting => setting.Name == name));

    [Fact]
    public void Architecture_EveryProject_IsOnTheMap()
    {
        var api = Path.Combine(Clone.Root, "api");
        var projects = Directory.GetDirectories(api).Select(Path.GetFileName).Where(name => name is not ("bin" or "obj")).Order();

        Assert.Equal(projects, MapEntry().Matches(Clone.Read("docs/architecture.md")).Select(match => match.Groups[1].Value).Order());
    }

    [Theory]
    [InlineData("docs/architecture.md", "api/Gateway.Proxy/Pipeline/ProxyPipeline.cs", @"UseMiddleware<(\w+)>", @"^\| \d+ \|.*`\w+/(\w+)\.cs` \|$")]
    [InlineData("docs/architecture.md", "api/Gateway.Proxy/Forwarding/EngineInvoker.cs", @"new (\w+Handler)\(", @"^\| [a-z] \|.*`\w+/(\w+)\.cs` \|$")]
    public void Architecture_StepsOfARequest_AreThoseOfTheCodeInItsOrder(string page, string code, string inCode, string inPage)
    {
        var steps = Regex.Matches(Clone.Read(code), inCode).Select(match => match.Groups[1].Value).Distinct();
        var rows = Regex.Matches(Clone.Read(page), inPage, RegexOptions.Multiline).Select(match => match.Groups[1].Value).ToArray();

        Assert.Equal(steps, rows);
        Assert.All(rows, row => Assert.Single(Directory.GetFiles(Path.Combine(Clone.Root, "api", "Gateway.Proxy"), row + ".cs", SearchOption.AllDirectories)));
    }

    [Fact]
    public void Readme_Always_IsShort() => Assert.InRange(new FileInfo(Path.Combine(Clone.Root, "README.md")).Length, 1, 12 * 1024);

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"(?:`|^)make ([a-z]+(?:-[a-z<]+)?)", RegexOptions.Multiline)]
    private static partial Regex MakeTarget();

    [GeneratedRegex(@"(?<=^\|[^|]*)`api/([A-Za-z.]+)/`", RegexOptions.Multiline)]
    private static partial Regex MapEntry();

    [GeneratedRegex(@"\b(?:GATEWAY|BACKEND)_[A-Z_]+\b")]
    private static partial Regex Setting();
}
