using Gateway.Generator;
using Xunit;

namespace Gateway.Tests.Generated;

/// <summary>What is in the repository is what the tables say.</summary>
public sealed class GeneratedRegionTests
{
    public static TheoryData<string> Paths => [.. GeneratedTree.Documents.Select(document => document.Path)];

    [Theory]
    [MemberData(nameof(Paths))]
    public void Document_RenderedAgain_IsWhatTheRepositoryHolds(string path)
    {
        var file = Path.Combine(Clone.Root, path);
        Assert.True(File.Exists(file), $"{path} is missing: make generate");

        var text = File.ReadAllText(file);
        Assert.Equal(GeneratedTree.Documents.Single(document => document.Path == path).Render(text), text);
    }

    [Fact]
    public void Repository_HoldsNoGeneratedFileOfAnEngineThatIsGone() => Assert.Empty(GeneratedTree.Changes(Clone.Root));
}
