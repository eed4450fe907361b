using Gateway.Engines;
using Gateway.Fakes;
using Xunit;

namespace Gateway.Tests.Engines;

/// <summary>The fixtures of every listed engine that has some, as rows of theories.</summary>
internal static class FixtureFolders
{
    public static IEnumerable<(string Engine, Fixtures Files)> All =>
        EngineCatalog.All.Where(profile => Directory.Exists(Path.Combine(Fixtures.Root, profile.Id))).Select(profile => (profile.Id, new Fixtures(profile.Id)));

    public static TheoryData<string, string> Rows(Func<Fixtures, IEnumerable<string>> names)
    {
        var rows = new TheoryData<string, string>();
        foreach (var (engine, files) in All)
        {
            foreach (var name in names(files))
            {
                rows.Add(engine, name);
            }
        }

        return rows;
    }

    /// <summary>The files of an engine that fit a pattern, without those that say what is expected of another.</summary>
    public static IEnumerable<string> Names(string engine, string pattern) =>
        Directory.GetFiles(Path.Combine(Fixtures.Root, engine), pattern).Select(path => Path.GetFileName(path)).Where(name => !name.Contains(".expect.", StringComparison.Ordinal)).Order();

    public static TheoryData<string, string> Files(string pattern)
    {
        var rows = new TheoryData<string, string>();
        foreach (var (engine, _) in All)
        {
            foreach (var name in Names(engine, pattern))
            {
                rows.Add(engine, name);
            }
        }

        return rows;
    }
}
