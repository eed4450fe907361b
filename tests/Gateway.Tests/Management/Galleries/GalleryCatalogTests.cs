using Gateway.Core.Configuration;
using Gateway.Engines;
using Gateway.Management.Docker;
using Gateway.Management.Galleries;
using Gateway.Management.Lifecycle;
using Gateway.Management.Nodes;
using Xunit;

namespace Gateway.Tests.Management.Galleries;

/// <summary>Galleries together: first come, and which image a choice means on a node.</summary>
public sealed class GalleryCatalogTests
{
    private static readonly GallerySettings Own = new("own", "own.yaml");

    public static TheoryData<string> Engines => [.. EngineGuess.Installable.Select(profile => profile.Id)];

    [Theory]
    [MemberData(nameof(Engines))]
    public void BuiltIn_EveryEngine_HasAChoiceWithAnImageForEachAccelerator(string engine)
    {
        var images = EngineCatalog.Find(engine)!.Deployment.Container!.Images;
        var meta = GalleryCatalog.BuiltIn.Find(engine)!;

        Assert.True(meta.IsMeta);
        foreach (var accelerator in images.Keys)
        {
            var (entry, fault) = GalleryCatalog.BuiltIn.Resolve(meta, accelerator);
            Assert.Null(fault);
            Assert.Equal((images[accelerator], accelerator, engine), (entry!.Image, entry.Accelerator, entry.Kind));
            Assert.Same(meta, GalleryCatalog.BuiltIn.MetaOf(entry));
            Assert.NotNull(ImageReference.Parse(entry.Image!));
        }
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public void Resolve_NodeWithoutAnImage_FallsBackToCpuOrSaysWhy(string engine)
    {
        var images = EngineCatalog.Find(engine)!.Deployment.Container!.Images;
        foreach (var accelerator in Enum.GetValues<Accelerator>().Except(images.Keys))
        {
            var (entry, fault) = GalleryCatalog.BuiltIn.Resolve(GalleryCatalog.BuiltIn.Find(engine)!, accelerator);

            Assert.Equal(images.GetValueOrDefault(Accelerator.Cpu), entry?.Image);
            Assert.Equal(entry is null, fault is not null);
        }
    }

    [Fact]
    public void Merge_SameNameTwice_FirstWinsWithAWarning()
    {
        var catalog = new GalleryCatalog([[Entry("One", "a/b:1")], [Entry("one", "a/b:2"), Entry("two", "a/b:3")]]);

        Assert.Equal("a/b:1", catalog.Find("ONE")!.Image);
        Assert.Equal(2, catalog.Entries.Count);
        Assert.Contains("'one'", Assert.Single(catalog.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void Find_WithGalleryBeforeIt_IsThatGallerysOnly()
    {
        var catalog = new GalleryCatalog([[Entry("one", "a/b:1")]]);

        Assert.NotNull(catalog.Find("own@one"));
        Assert.Null(catalog.Find("other@one"));
    }

    [Fact]
    public void Resolve_ChoiceOfNothing_SaysWhatIsMissing()
    {
        var meta = new GalleryEntry { Gallery = Own, Name = "meta", Capabilities = new Dictionary<string, string> { ["nvidia"] = "gone" } };
        var catalog = new GalleryCatalog([[meta]]);

        Assert.Contains("'gone'", catalog.Resolve(meta, Accelerator.Nvidia).Fault, StringComparison.Ordinal);
        Assert.Contains("nvidia", catalog.Resolve(meta, Accelerator.Cpu).Fault, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nvidia", null, null, Accelerator.Nvidia)]
    [InlineData("runc", "nvidia.com/gpu=0", null, Accelerator.Nvidia)]
    [InlineData("runc", "amd.com/gpu=all", null, Accelerator.Amd)]
    [InlineData("runc", "intel.com/gpu=0", null, Accelerator.Intel)]
    [InlineData("runc", null, null, Accelerator.Cpu)]
    [InlineData("nvidia", null, Accelerator.Cpu, Accelerator.Cpu)]
    public void Hardware_ByWhatDockerKnows_OrBySetting(string runtime, string? device, object? setting, object expected)
    {
        var report = new NodeReport(new EngineNode("a", "a", "")) { Runtimes = [runtime], Devices = device is null ? [] : [device] };

        Assert.Equal((Accelerator)expected, NodeHardware.Of(report, (Accelerator?)setting));
    }

    private static GalleryEntry Entry(string name, string image) => new() { Gallery = Own, Name = name, Uri = image, Image = image, Kind = "vllm" };
}
