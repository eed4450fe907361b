using System.Text;
using System.Text.Json;
using Gateway.Management.Docker;
using Xunit;

namespace Gateway.Tests.Management.Docker;

/// <summary>Which login goes to which registry, and that a file that cannot be used is told without a word of what is in it.</summary>
public sealed class RegistryLoginTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("library/x:1", "docker.io")]
    [InlineData("x", "docker.io")]
    [InlineData("docker.io/vllm/vllm-openai:v1", "docker.io")]
    [InlineData("index.docker.io/a/b", "docker.io")]
    [InlineData("localhost/x:1", "localhost")]
    [InlineData("127.0.0.1:5000/x:1", "127.0.0.1:5000")]
    [InlineData("ghcr.io/a/b:1", "ghcr.io")]
    public void RegistryOf_Image_IsItsHost(string image, string registry) => Assert.Equal(registry, RegistryLogins.RegistryOf(ImageReference.Parse(image)!));

    [Theory]
    [InlineData("https://index.docker.io/v1/", "vllm/vllm-openai:v1")]
    [InlineData("ghcr.io", "ghcr.io/a/b:1")]
    [InlineData("https://Registry.Example:5000", "registry.example:5000/a:1")]
    public void Header_LoginOfTheRegistry_IsWhatTheDockerEngineTakes(string key, string image)
    {
        var login = Header($$$"""{"auths":{"other.example":{"auth":"eDp5"},"{{{key}}}":{"auth":"{{{Base64("ann:p:w?~~~")}}}"}},"credsStore":"desktop"}""", image)!;

        Assert.DoesNotContain('+', login);
        Assert.DoesNotContain('/', login);
        var header = JsonSerializer.Deserialize<JsonElement>(Convert.FromBase64String(login.Replace('-', '+').Replace('_', '/')));
        Assert.Equal(("ann", "p:w?~~~"), (header.GetProperty("username").GetString(), header.GetProperty("password").GetString()));
    }

    [Fact]
    public void Header_Token_GoesInPlaceOfThePassword()
    {
        var login = Header($$$"""{"auths":{"a.example":{"auth":"{{{Base64("ann:")}}}","identitytoken":"t1"} } }""", "a.example/x:1")!;

        var header = JsonSerializer.Deserialize<JsonElement>(Convert.FromBase64String(login.Replace('-', '+').Replace('_', '/')));
        Assert.Equal("t1", header.GetProperty("identitytoken").GetString());
        Assert.False(header.TryGetProperty("password", out _));
    }

    [Theory]
    [InlineData("""{"auths":{"other.example":{"auth":"eDp5"}}}""")]
    [InlineData("""{"auths":{"a.example":{}},"credsStore":"desktop"}""")]
    [InlineData("""{"auths":{"a.example":null}}""")]
    [InlineData("{}")]
    public void Header_NoLoginOfThisRegistry_IsNone(string json) => Assert.Null(Header(json, "a.example/x:1"));

    [Fact]
    public void Header_NoFile_IsNone() => Assert.Null(new RegistryLogins(null).Header(ImageReference.Parse("a.example/x:1")!));

    [Theory]
    [InlineData("""{"auths":{"a.example":{"auth":"c2VjcmV0"}}}""")]
    [InlineData("""{"auths":{"a.example":{"auth":"secret!"}}}""")]
    [InlineData("""{"auths":{"a.example":{"auth":secret}}}""")]
    [InlineData("secret")]
    public void Header_FileThatIsWrong_IsToldWithoutItsContent(string json)
    {
        var failure = Assert.Throws<DockerException>(() => Header(json, "a.example/x:1"));

        Assert.StartsWith($"{RegistryLogins.Setting}: ", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", failure.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Header_FileThatIsNotThere_IsToldByItsPath()
    {
        var failure = Assert.Throws<DockerException>(() => new RegistryLogins(_folder.File("nowhere.json")).Header(ImageReference.Parse("a.example/x:1")!));

        Assert.Contains("nowhere.json", failure.Message, StringComparison.Ordinal);
    }

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    private string? Header(string json, string image)
    {
        var file = _folder.File("config.json");
        File.WriteAllText(file, json);
        return new RegistryLogins(file).Header(ImageReference.Parse(image)!);
    }
}
