using Gateway.Generator;
using Xunit;

namespace Gateway.Tests.Generated;

public sealed class GenerateCommandTests : IDisposable
{
    private readonly TemporaryFolder _root = new();
    private readonly StringWriter _output = new();
    private readonly StringWriter _errors = new();

    public GenerateCommandTests()
    {
        foreach (var path in GeneratedTree.Documents.Select(document => document.Path).Append(RepositoryRoot.Marker))
        {
            Write(path, Clone.Read(path));
        }
    }

    public void Dispose()
    {
        _output.Dispose();
        _errors.Dispose();
        _root.Dispose();
    }

    [Fact]
    public void Check_NothingChanged_Passes()
    {
        Assert.Equal(0, Run("--check"));
        Assert.Empty(_errors.ToString());
    }

    [Theory]
    [InlineData("README.md", "`GET /readyz`", "`GET /ready`")]
    [InlineData("docs/engines.md", "| ● |", "| ○ |")]
    [InlineData("docs/configuration.md", "`GATEWAY_PORT` | `8000`", "`GATEWAY_PORT` | `9000`")]
    [InlineData(".env.example", "# GATEWAY_PORT=8000", "# GATEWAY_PORT=9000")]
    [InlineData("deploy/env/external.env", "BACKEND_KIND", "KIND")]
    public void Check_EditedByHand_FailsNamingFileAndRemedy(string path, string text, string edit)
    {
        Assert.Contains(text, Read(path), StringComparison.Ordinal);
        Write(path, Read(path).Replace(text, edit, StringComparison.Ordinal));

        Assert.Equal(1, Run("--check"));
        Assert.Contains(path, _errors.ToString(), StringComparison.Ordinal);
        Assert.Contains("make generate", _errors.ToString(), StringComparison.Ordinal);
        Assert.Contains(edit, Read(path), StringComparison.Ordinal);
    }

    [Fact]
    public void Generate_StaleMissingAndLeftOver_PutsAllRightAndKeepsWhatIsWrittenByHand()
    {
        Write("README.md", Read("README.md").Replace("`GET /readyz`", "`GET /ready`", StringComparison.Ordinal) + "By hand.\n");
        Write("deploy/env/gone.env", "BACKEND_KIND=gone\n");
        File.Delete(_root.File("deploy/env/external.env"));

        Assert.Equal(0, Run());

        Assert.Equal(Clone.Read("README.md") + "By hand.\n", Read("README.md"));
        Assert.Equal(Clone.Read("deploy/env/external.env"), Read("deploy/env/external.env"));
        Assert.False(File.Exists(_root.File("deploy/env/gone.env")));
        Assert.Equal(0, Run("--check"));
    }

    [Fact]
    public void Generate_InAFolderBelow_FindsTheClone()
    {
        File.Delete(_root.File("deploy/env/external.env"));

        Assert.Equal(0, GenerateCommand.Run([_root.File("deploy/env")], _output, _errors));
        Assert.True(File.Exists(_root.File("deploy/env/external.env")));
    }

    [Theory]
    [InlineData("<!-- begin generated: engines -->", "")]
    [InlineData("<!-- end generated: engines -->", "")]
    [InlineData("<!-- begin generated: engines -->", "<!-- begin generated: engines -->\n<!-- begin generated: engines -->")]
    [InlineData("# gateway", "<!-- begin generated: other -->")]
    public void Generate_MarkersSpoilt_FailsAndWritesNothing(string text, string edit)
    {
        Write("README.md", Read("README.md").Replace(text, edit, StringComparison.Ordinal));
        var before = Read("README.md");

        Assert.Equal(1, Run());
        Assert.Contains("README.md", _errors.ToString(), StringComparison.Ordinal);
        Assert.Equal(before, Read("README.md"));
    }

    [Theory]
    [InlineData("--chek")]
    [InlineData("--check", "a", "b")]
    public void Run_UnknownArguments_SaysHowItIsUsed(params string[] args)
    {
        Assert.Equal(64, GenerateCommand.Run(args, _output, _errors));
        Assert.Contains("usage", _errors.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Run_OutsideAClone_SaysSo()
    {
        File.Delete(_root.File(RepositoryRoot.Marker));

        Assert.Equal(64, Run("--check"));
        Assert.Contains(RepositoryRoot.Marker, _errors.ToString(), StringComparison.Ordinal);
    }

    private int Run(params string[] args) => GenerateCommand.Run([.. args, _root.Path], _output, _errors);

    private string Read(string path) => File.ReadAllText(_root.File(path));

    private void Write(string path, string text)
    {
        var file = _root.File(path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
    }
}
