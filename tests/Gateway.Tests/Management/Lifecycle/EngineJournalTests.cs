using Gateway.Management.Lifecycle;
using Xunit;

namespace Gateway.Tests.Management.Lifecycle;

/// <summary>What is on the disk of installed engines: no secret in clear, and all of it again after a start.</summary>
public sealed class EngineJournalTests : IDisposable
{
    private const string Token = "hf_hunter2hunter2";
    private const string Key = "0123456789abcdef";
    private static readonly EngineKey Name = new("local", "writer");

    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void Write_SecretsOfEveryVersion_AreInNoFileAndThereAfterAStart()
    {
        new EngineJournal(_folder.Path).Write(Record());

        Assert.All(Files(), file => Assert.DoesNotContain(Token, File.ReadAllText(file), StringComparison.Ordinal));
        Assert.All(Files(), file => Assert.DoesNotContain(Key, File.ReadAllText(file), StringComparison.Ordinal));
        Assert.Contains("half", File.ReadAllText(RecordFile), StringComparison.Ordinal);
        var again = new EngineJournal(_folder.Path).Find(Name)!;
        Assert.All(again.Versions, version => Assert.Equal((Token, "half", Key), (version.Request.Options["HF_TOKEN"], version.Request.Options["VLLM_DTYPE"], version.ApiKey)));
        Assert.Equal(3, again.Versions.Count());
    }

    [Fact]
    public void Write_File_IsForItsOwnUserOnly()
    {
        new EngineJournal(_folder.Path).Write(Record());

        foreach (var file in OperatingSystem.IsWindows() ? [] : Files())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, ModeOf(file));
        }
    }

    [Fact]
    public void Open_RecordWithSecretsInClear_TakesThemAndWritesThemAnew()
    {
        new EngineJournal(_folder.Path).Write(Record());
        var closed = System.Text.RegularExpressions.Regex.Replace(File.ReadAllText(RecordFile), "\"HF_TOKEN\": \"[^\"]*\"", $"\"HF_TOKEN\": \"{Token}\"");
        File.WriteAllText(RecordFile, closed);

        var journal = new EngineJournal(_folder.Path);

        Assert.Empty(journal.Faults);
        Assert.Equal(Token, journal.Find(Name)!.Current!.Request.Options["HF_TOKEN"]);
        Assert.DoesNotContain(Token, File.ReadAllText(RecordFile), StringComparison.Ordinal);
    }

    [Fact]
    public void Open_WithoutTheKeyOfTheSecrets_SaysSoAndKeepsTheEngine()
    {
        new EngineJournal(_folder.Path).Write(Record());
        File.Delete(Path.Combine(_folder.Path, "engines", "seal.key"));

        var journal = new EngineJournal(_folder.Path);

        Assert.Contains(journal.Faults, fault => fault.Contains("HF_TOKEN of writer", StringComparison.Ordinal));
        Assert.Equal(["VLLM_DTYPE"], journal.Find(Name)!.Current!.Request.Options.Keys);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("""{"Key":null}""")]
    [InlineData("""{"Key":{"Node":"local","Name":"writer"},"Current":{"Request":null}}""")]
    public void Open_DamagedRecord_IsReportedAndLeftAlone(string text)
    {
        _ = new EngineJournal(_folder.Path);
        Directory.CreateDirectory(Path.GetDirectoryName(RecordFile)!);
        File.WriteAllText(RecordFile, text);

        var journal = new EngineJournal(_folder.Path);

        Assert.Contains("writer.json", Assert.Single(journal.Faults), StringComparison.Ordinal);
        Assert.Equal(text, File.ReadAllText(RecordFile));
    }

    [Fact]
    public void Without_TextWithSecrets_ShowsNone() =>
        Assert.Equal("token *** key *** half", EngineSecrets.Without(Version("v1"), $"token {Token} key {Key} half"));

    public void Dispose() => _folder.Dispose();

    private static UnixFileMode? ModeOf(string file) => OperatingSystem.IsWindows() ? null : File.GetUnixFileMode(file);

    private string RecordFile => Path.Combine(_folder.Path, "engines", "local", "writer.json");

    private string[] Files() => Directory.GetFiles(_folder.Path, "*", SearchOption.AllDirectories);

    private static EngineRecord Record() => new()
    {
        Key = Name,
        Current = Version("v2"),
        Previous = Version("v1"),
        Operation = new EngineOperation(OperationKind.Upgrade, LifecyclePhase.Pulling, Version("v3")),
    };

    private static EngineVersion Version(string tag) => new()
    {
        Request = new EngineRequest { Name = "writer", Kind = "vllm", Options = new Dictionary<string, string> { ["HF_TOKEN"] = Token, ["VLLM_DTYPE"] = "half" } },
        Container = $"gateway-writer-{tag}",
        Slot = new EngineSlot(20000, null, new Uri("http://127.0.0.1:20000/v1")),
        Reference = $"a.example/vllm:{tag}",
        ApiKey = Key,
        InstalledAt = DateTimeOffset.UnixEpoch,
    };
}
