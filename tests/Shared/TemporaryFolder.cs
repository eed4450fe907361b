using System.Globalization;

namespace Gateway.Testing;

/// <summary>A folder that is gone after the test, at the latest with the process; of a process that was killed, a day later.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    private const string Prefix = "gateway-tests-";

    private static readonly string Root = MakeRoot();
    private static int _count;

    /// <summary>Short: the path of a socket has at most 107 characters, and some are made in here.</summary>
    public string Path { get; } = Directory.CreateDirectory(System.IO.Path.Combine(Root, Interlocked.Increment(ref _count).ToString(CultureInfo.InvariantCulture))).FullName;

    public string File(string name) => System.IO.Path.Combine(Path, name);

    /// <returns>The path of the file.</returns>
    public string Write(string name, string text)
    {
        System.IO.File.WriteAllText(File(name), text);
        return File(name);
    }

    public void Dispose()
    {
        if (Directory.Exists(Path))
        {
            Directory.Delete(Path, recursive: true);
        }
    }

    private static string MakeRoot()
    {
        // What processes left that were killed. One that still runs has written there within the day.
        var yesterday = TimeProvider.System.GetUtcNow().UtcDateTime.AddDays(-1);
        foreach (var folder in Directory.EnumerateDirectories(System.IO.Path.GetTempPath(), Prefix + "*").Where(folder => Directory.GetLastWriteTimeUtc(folder) < yesterday))
        {
            Remove(folder);
        }

        var root = Directory.CreateTempSubdirectory(Prefix).FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Remove(root);
        return root;
    }

    private static void Remove(string folder)
    {
        try
        {
            Directory.Delete(folder, recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Another process is at it, or it is another user's.
        }
    }
}
