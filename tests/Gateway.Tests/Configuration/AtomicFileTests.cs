using Gateway.Core.Configuration;
using Xunit;

namespace Gateway.Tests.Configuration;

/// <summary>Files of the data folder: whole, and for the gateway's own user only.</summary>
public sealed class AtomicFileTests : IDisposable
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode Open = Private | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void Write_NewFile_IsPrivateAndAlone()
    {
        var path = Path.Combine(_folder.Path, "deep", "down.json");

        AtomicFile.Write(path, "one"u8);

        Assert.Equal("one", File.ReadAllText(path));
        Assert.Equal([path], Directory.GetFiles(Path.GetDirectoryName(path)!));
        AssertPrivate(path);
    }

    [Fact]
    public void Write_OverFilesThatEveryoneCanRead_MakesThemPrivate()
    {
        var path = _folder.Write("a.json", "old, and longer than the new one");
        SetOpen(path);
        // As a process leaves it that ends in the middle.
        SetOpen(_folder.Write("a.json.new", "half"));

        AtomicFile.Write(path, "new"u8);

        Assert.Equal("new", File.ReadAllText(path));
        AssertPrivate(path);
    }

    [Fact]
    public void Append_ToAFileThatEveryoneCanRead_AddsAndMakesItPrivate()
    {
        var path = _folder.Write("a.jsonl", "one\n");
        SetOpen(path);

        AtomicFile.Append(path, "two\n"u8);

        Assert.Equal("one\ntwo\n", File.ReadAllText(path));
        AssertPrivate(path);
    }

    [Fact]
    public void PutAside_File_IsKeptAndPrivate()
    {
        var path = _folder.Write("a.json", "odd");
        SetOpen(path);

        var kept = AtomicFile.PutAside(path, ".bad");

        Assert.False(File.Exists(path));
        Assert.Equal("odd", File.ReadAllText(kept));
        AssertPrivate(kept);
    }

    public void Dispose() => _folder.Dispose();

    private static void SetOpen(string path)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, Open);
        }
    }

    private static void AssertPrivate(string path)
    {
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(Private, File.GetUnixFileMode(path));
        }
    }
}
