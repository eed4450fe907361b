using Gateway.Engines;
using Gateway.Fakes;
using Xunit;

namespace Gateway.EndToEndTests.Sdk;

/// <summary>OpenAI's and Anthropic's JavaScript clients through the gateway, in front of every engine; one row a case.</summary>
public sealed class NodeSdkTests(NodeRuns runs) : IClassFixture<NodeRuns>
{
    public static TheoryData<string, string> Rows
    {
        get
        {
            var rows = new TheoryData<string, string>();
            foreach (var engine in EngineRows.Ids)
            {
                foreach (var name in NodeJob.CasesOf(EngineCatalog.Find(engine)!, new Fixtures(engine)))
                {
                    rows.Add(engine, name);
                }
            }

            return rows;
        }
    }

    [NodeTheory]
    [MemberData(nameof(Rows))]
    public async Task Client_EveryCase_IsAsWithOpenAiItself(string engine, string name)
    {
        var (environment, results) = await runs.ForAsync(engine);

        var result = results[name];

        Assert.True(result.Ok, result.Message);
        if (name is "abort" or "abort-before-answer")
        {
            var scenario = name == "abort" ? "stall 2" : "stall before-headers";
            var received = Assert.Single(environment.Engine.Requests.Work, request => request.Header(EngineHandler.ScenarioHeader) == scenario);
            await received.Aborted.WaitAsync(Wait.Deadline);
        }
    }
}
