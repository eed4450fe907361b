using Gateway.Engines;
using Gateway.Fakes;
using Xunit;

namespace Gateway.Tests.Engines;

/// <summary>Each profile reads its own engine's answers to the health probe.</summary>
public sealed class HealthFixtureTests
{
    public static TheoryData<string, string> Cases => FixtureFolders.Rows(files => files.Health.Select(one => one.Case));

    [Theory]
    [MemberData(nameof(Cases))]
    public void Health_AnswerOfTheEngine_MeansItsState(string engine, string name)
    {
        var answer = new Fixtures(engine).Health.First(one => one.Case == name);
        var rule = EngineCatalog.Find(engine)!.Health.Rules.FirstOrDefault(
            rule => (rule.Status is null || rule.Status == answer.Status) && (rule.Body is null || rule.Body(answer.Text)));

        Assert.Equal(answer.State, (rule?.State ?? EngineState.Degraded).ToString());
    }
}
