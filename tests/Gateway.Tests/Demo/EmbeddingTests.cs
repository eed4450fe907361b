using System.Runtime.InteropServices;
using System.Text.Json;
using Xunit;

namespace Gateway.Tests.Demo;

/// <summary>Vectors of length one: the same text has the same, and shared words bring texts near.</summary>
public sealed class EmbeddingTests(DemoHost demo) : IClassFixture<DemoHost>
{
    private const string Path = "/v1/embeddings";

    [Theory]
    [InlineData("\"a text\"", 1, 2)]
    [InlineData("\" \"", 1, 1)]
    [InlineData("[\"a text\",\"another one, longer\"]", 2, 6)]
    [InlineData("[5,6,7]", 1, 3)]
    [InlineData("[[5,6],[7]]", 2, 3)]
    public async Task Answer_AnyInput_HasAUnitVectorForEach(string input, int count, int tokens)
    {
        var answer = await demo.AskAsync(Path, $$"""{"model":"demo","input":{{input}}}""");

        Assert.Equal("list", answer.GetProperty("object").GetString());
        Assert.Equal("demo", answer.GetProperty("model").GetString());
        var data = answer.GetProperty("data").EnumerateArray().ToArray();
        Assert.Equal(Enumerable.Range(0, count), data.Select(entry => entry.GetProperty("index").GetInt32()));
        Assert.All(data, entry => AssertUnit(Vector(entry), 384));
        var usage = answer.GetProperty("usage");
        Assert.Equal((tokens, tokens), (usage.GetProperty("prompt_tokens").GetInt32(), usage.GetProperty("total_tokens").GetInt32()));
        Assert.False(usage.TryGetProperty("completion_tokens", out _));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(64)]
    [InlineData(4096)]
    public async Task Answer_Dimensions_AreAsAsked(int dimensions) => AssertUnit((await EmbedAsync("\"a text\"", $",\"dimensions\":{dimensions}"))[0], dimensions);

    [Fact]
    public async Task Answer_Base64_HoldsTheSameNumbers()
    {
        var answer = await demo.AskAsync(Path, """{"input":"a text","encoding_format":"base64"}""");

        var bytes = answer.GetProperty("data")[0].GetProperty("embedding").GetBytesFromBase64();
        Assert.Equal((await EmbedAsync("\"a text\""))[0], MemoryMarshal.Cast<byte, float>(bytes).ToArray());
    }

    // Pinned: vectors that are stored must fit those of the next version.
    [Fact]
    public async Task Answer_SameText_IsAlwaysTheSame()
    {
        var vectors = await EmbedAsync("[\"a text, a\",\"a text, a\",\"A TEXT, A\",\"text a, a\"]", ",\"dimensions\":8");

        Assert.All(vectors, vector => Assert.Equal(Pinned.Select(Rounded), vector.Select(Rounded)));
    }

    [Fact]
    public async Task Answer_SharedWords_AreNear()
    {
        var vectors = await EmbedAsync("[\"the cat sat on the mat\",\"a cat on a mat\",\"quarterly revenue grew sharply\"]");

        Assert.True(Dot(vectors[0], vectors[1]) > Dot(vectors[0], vectors[2]) + 0.2);
    }

    private static readonly float[] Pinned = [0, 0, 0, 0.40825f, 0.81650f, 0, 0.40825f, 0];

    private static double Rounded(float value) => Math.Round(value, 5);

    private static void AssertUnit(float[] vector, int dimensions)
    {
        Assert.Equal(dimensions, vector.Length);
        Assert.Equal(1, Dot(vector, vector), 4);
    }

    private static double Dot(float[] one, float[] other) => one.Zip(other, (left, right) => (double)left * right).Sum();

    private static float[] Vector(JsonElement entry) => [.. entry.GetProperty("embedding").EnumerateArray().Select(value => value.GetSingle())];

    private async Task<float[][]> EmbedAsync(string input, string members = "")
    {
        var answer = await demo.AskAsync(Path, $$"""{"input":{{input}}{{members}}}""");
        return [.. answer.GetProperty("data").EnumerateArray().Select(Vector)];
    }
}
