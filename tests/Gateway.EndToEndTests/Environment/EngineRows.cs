using Gateway.Engines;
using Gateway.Engines.Endpoints;
using Gateway.Fakes;
using Xunit;

namespace Gateway.EndToEndTests;

/// <summary>The rows of the theories: engines, and what their fixtures hold. All but the built-in one, which nothing stands in for.</summary>
internal static class EngineRows
{
    // An engine without fixtures is reported once, by the tests of the catalogue, and not by every test here.
    private static readonly IReadOnlyList<EngineProfile> Engines =
        [.. EngineCatalog.All.Where(profile => !profile.Demonstration && new Fixtures(profile.Id).Models.Count > 0)];

    public static IEnumerable<string> Ids => Engines.Select(profile => profile.Id);

    public static TheoryData<string> All => [.. Ids];

    public static TheoryData<string> Where(Func<EngineProfile, bool> fits) => [.. Engines.Where(fits).Select(profile => profile.Id)];

    /// <summary>Engine and endpoint, for the cells that fit.</summary>
    public static TheoryData<string, string> Cells(Func<EndpointSpec, Support, bool> fits)
    {
        var rows = new TheoryData<string, string>();
        foreach (var profile in Engines)
        {
            foreach (var spec in EndpointCatalog.All.Where(spec => !spec.AnsweredHere && fits(spec, profile.Endpoints[spec.Id])))
            {
                rows.Add(profile.Id, spec.Id.ToString());
            }
        }

        return rows;
    }

    /// <summary>Engine and endpoint, for what is answered neither by the engine nor by translation.</summary>
    public static TheoryData<string, string> Missing
    {
        get
        {
            var rows = new TheoryData<string, string>();
            foreach (var profile in Engines)
            {
                foreach (var spec in EndpointCatalog.All.Where(spec => !spec.AnsweredHere && !Serves(profile, spec)))
                {
                    rows.Add(profile.Id, spec.Id.ToString());
                }
            }

            return rows;
        }
    }

    /// <summary>The engine serves it, or another endpoint of it does by translation.</summary>
    public static bool Serves(EngineProfile profile, EndpointSpec spec) => profile.Endpoints[spec.Id].Served || (spec.Over is { } over && profile.Endpoints[over].Served);

    /// <summary>Engine and name of a case, for the cases that fit.</summary>
    public static TheoryData<string, string> Cases(Func<Fixtures, IEnumerable<AnswerCase>> cases)
    {
        var rows = new TheoryData<string, string>();
        foreach (var profile in Engines)
        {
            foreach (var one in cases(new Fixtures(profile.Id)))
            {
                rows.Add(profile.Id, one.Case);
            }
        }

        return rows;
    }
}
