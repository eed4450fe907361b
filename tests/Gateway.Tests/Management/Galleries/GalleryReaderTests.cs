using System.Text;
using Gateway.Core.Configuration;
using Gateway.Engines;
using Gateway.Management.Galleries;
using Xunit;

namespace Gateway.Tests.Management.Galleries;

/// <summary>Galleries: what their entries become, and that a bad one costs only itself.</summary>
public sealed class GalleryReaderTests
{
    private const string Sum = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    [Fact]
    public void Read_Entry_KeepsEveryField()
    {
        var entry = Assert.Single(Good($$"""
            - name: my-engine
              description: Ours.
              license: mit
              icon: https://a.example/x.png
              urls: [https://a.example]
              tags: [text, gpu]
              alias: vllm
              uri: registry.example:5000/team/engine:v3@sha256:{{Sum}}
              model: org/model
              options: {VLLM_DTYPE: half}
              accelerator: amd
            """));

        Assert.Equal(("my-engine", "Ours.", "mit", "https://a.example/x.png", "vllm", "org/model"), (entry.Name, entry.Description, entry.License, entry.Icon, entry.Alias, entry.Model));
        Assert.Equal(($"registry.example:5000/team/engine:v3@sha256:{Sum}", $"sha256:{Sum}", "v3"), (entry.Image, entry.Digest, entry.Version));
        Assert.Equal(("vllm", Accelerator.Amd, "half"), (entry.Kind, entry.Accelerator, entry.Options["VLLM_DTYPE"]));
        Assert.Equal(["text", "gpu"], entry.Tags);
        Assert.Null(entry.Obstacle);
        Assert.False(entry.IsMeta);
    }

    [Fact]
    public void Read_CapabilitiesWithoutImage_IsAChoice()
    {
        var entry = Assert.Single(Good("- {name: choice, capabilities: {nvidia: a, default: b}}"));

        Assert.True(entry.IsMeta);
        Assert.Equal("a", entry.Capabilities["nvidia"]);
    }

    /// <summary>As the galleries of another server are written.</summary>
    [Fact]
    public void Read_AnchorsWithMergeTags_AreFollowed()
    {
        var entries = Good("""
            - &base
              name: base
              alias: vllm
              tags: [text]
              uri: a.example/x:1
            - !!merge <<: *base
              name: cuda12-other
              uri: "a.example/x:2"
            """);

        Assert.Equal(["base", "cuda12-other"], entries.Select(entry => entry.Name));
        Assert.Equal((Accelerator.Cpu, Accelerator.Nvidia, "vllm"), (entries[0].Accelerator, entries[1].Accelerator, entries[1].Kind));
    }

    [Theory]
    [InlineData("x", "docker.io/vllm/vllm-openai:v9", "vllm")]
    [InlineData("x", "oci://vllm/vllm-openai:v9", "vllm")]
    [InlineData("ollama", "a.example/x:1", "ollama")]
    [InlineData("x", "a.example/vllm:1", null)]
    public void Read_NothingSaysWhichEngine_IsToldByImageAndName(string name, string uri, string? kind)
    {
        var entry = Assert.Single(Good($"- {{name: {name}, uri: '{uri}'}}"));

        Assert.Equal(kind, entry.Kind);
        Assert.Equal(kind is null, entry.Obstacle is not null);
    }

    [Theory]
    [InlineData("rocm-hipblas-x", Accelerator.Amd)]
    [InlineData("intel-sycl-f16-x", Accelerator.Intel)]
    [InlineData("cuda13-x", Accelerator.Nvidia)]
    [InlineData("x", Accelerator.Cpu)]
    [InlineData("chips", Accelerator.Cpu)]
    public void Read_NothingSaysWhatItComputesOn_IsToldByItsName(string name, object accelerator) =>
        Assert.Equal((Accelerator)accelerator, Assert.Single(Good($"- {{name: {name}, alias: vllm, uri: 'a.example/x:1'}}")).Accelerator);

    [Theory]
    [InlineData("- {description: no name, uri: 'a/b:1'}", "1:3: [0].name: ")]
    [InlineData("- {name: 'a b', uri: 'a/b:1'}", "1:10: [0].name: ")]
    [InlineData("- {name: a}", "1:3: [0].uri: ")]
    [InlineData("- {name: a, uri: [x]}", "1:18: [0].uri: ")]
    [InlineData("- {name: a, uri: 'x/y:1', kind: chatgpt}", "1:33: [0].kind: ")]
    [InlineData("- {name: a, uri: 'x/y:1', accelerator: abacus}", "1:40: [0].accelerator: ")]
    [InlineData("- {name: a, uri: 'x/y:1', sha256: abc}", "1:35: [0].sha256: ")]
    [InlineData("- {name: a, uri: 'x/y:1', tags: {a: b}}", "1:33: [0].tags: ")]
    [InlineData("- just text", "1:3: [0]: ")]
    public void Read_BadEntry_IsLeftOutWithItsPlace(string bad, string place)
    {
        var contents = Read(bad + "\n- {name: good, alias: vllm, uri: 'a.example/x:1'}");

        Assert.Equal(["good"], contents.Entries.Select(entry => entry.Name));
        Assert.StartsWith("list.yaml:" + place, Assert.Single(contents.Faults), StringComparison.Ordinal);
    }

    [Fact]
    public void Read_UnknownName_IsToldAndTheEntryStays()
    {
        var contents = Read("- {name: a, alias: vllm, uri: 'a.example/x:1', desciption: x}");

        Assert.Single(contents.Entries);
        Assert.Contains("Did you mean 'description'?", Assert.Single(contents.Faults), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("name: a")]
    [InlineData("- name: 'a")]
    [InlineData("")]
    [InlineData("- &a [*a]")]
    public void Read_NoGallery_HasNoEntriesAndAFault(string text)
    {
        var contents = Read(text);

        Assert.Empty(contents.Entries);
        Assert.NotEmpty(contents.Faults);
    }

    private static GalleryContents Read(string text) => GalleryReader.Read(Encoding.UTF8.GetBytes(text), new GallerySettings("own", "list.yaml"));

    private static IReadOnlyList<GalleryEntry> Good(string text)
    {
        var contents = Read(text);
        Assert.Empty(contents.Faults);
        return contents.Entries;
    }
}
