using Gateway.Engines;
using Gateway.Fakes;
using Xunit;

namespace Gateway.Tests.Engines;

/// <summary>A flag that the engine does not know stops it at its start, again and again: none is written that its help does not name.</summary>
public sealed class CommandLineTests
{
    public static TheoryData<string> Engines => [.. FixtureFolders.All.Where(one => one.Files.Flags.Count > 0).Select(one => one.Engine)];

    [Theory]
    [MemberData(nameof(Engines))]
    public void Command_EveryFlag_IsKnownToTheEngine(string engine)
    {
        var deployment = EngineCatalog.Find(engine)!.Deployment;
        var flags = deployment.Container!.Command.Concat(deployment.Options.Select(option => option.Flag)).Where(word => word.StartsWith('-'));

        Assert.All(flags, flag => Assert.Contains(flag, new Fixtures(engine).Flags));
    }
}
