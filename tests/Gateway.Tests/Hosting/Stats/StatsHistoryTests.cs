using Gateway.Console.Stats;
using Gateway.Proxy.Telemetry;
using Xunit;

namespace Gateway.Tests.Hosting.Stats;

/// <summary>Rates, quantiles and recent errors from samples of totals.</summary>
public sealed class StatsHistoryTests
{
    private static readonly Dictionary<string, (int InFlight, int Queued)> Idle = new() { ["a"] = (3, 1) };
    private readonly StatsHistory _history = new();

    [Fact]
    public void Points_WorkBetweenTwoSamples_IsARate()
    {
        _history.Add(0, Sample(requests: 100, output: 1000), Idle);
        _history.Add(2000, Sample(requests: 110, output: 1500), Idle);

        var point = Assert.Single(_history.Points("a", 0));
        Assert.Equal((5, 250, 3, 1), (point.RequestsPerSecond, point.OutputTokensPerSecond, point.InFlight, point.Queued));
        Assert.Equal(5, Assert.Single(_history.Points(null, 0)).RequestsPerSecond);
    }

    [Fact]
    public void Points_LaterThanOneThatIsKnown_AreOnlyTheNewOnes()
    {
        for (var i = 0; i <= 4; i++)
        {
            _history.Add(i * 2000, Sample(requests: i), Idle);
        }

        Assert.Equal([6000, 8000], _history.Points("a", 4000).Select(point => point.Milliseconds));
        Assert.Empty(_history.Points("unknown", 0));
    }

    [Fact]
    public void Points_FirstTokensOfTheLastMinute_GiveQuantiles()
    {
        _history.Add(0, Sample(firstToken: [9, 0, 0]), Idle);
        _history.Add(2000, Sample(firstToken: [9, 4, 0]), Idle);

        Assert.Equal(1.5, _history.Last("a").FirstTokenMedian);
    }

    [Fact]
    public void Points_BackendThatCameLater_IsReckonedFromTheSampleBefore()
    {
        _history.Add(0, new Totals(), new Dictionary<string, (int, int)>());
        _history.Add(2000, Sample(requests: 4), Idle);

        Assert.Equal(2, Assert.Single(_history.Points("a", 0)).RequestsPerSecond);
    }

    [Fact]
    public void Points_OfALongTime_AreBounded()
    {
        for (var i = 0; i < 1000; i++)
        {
            _history.Add(i * 2000, Sample(requests: i), Idle);
        }

        Assert.Equal(450, _history.Points("a", 0).Count);
    }

    [Fact]
    public void Errors_SinceTheStart_AreCountedUntilTheyAreOld()
    {
        var kind = new ErrorKind("a", "engine", "server_error");
        _history.Add(0, Sample(errors: (kind, 2)), Idle);
        _history.Add(2000, Sample(errors: (kind, 5)), Idle);

        Assert.Equal([(kind, 5L, 2000L)], _history.Errors());

        _history.Add((long)StatsHistory.Recent.TotalMilliseconds + 1000, Sample(errors: (kind, 5)), Idle);
        Assert.Equal([(kind, 3L, 2000L)], _history.Errors());
    }

    private static Totals Sample(long requests = 0, long output = 0, long[]? firstToken = null, params (ErrorKind Kind, long Count)[] errors)
    {
        var totals = new Totals { FirstTokenBoundaries = [1, 2] };
        totals.Backends["a"] = new BackendTotals { Requests = requests, OutputTokens = output, FirstToken = firstToken ?? [] };
        foreach (var (kind, count) in errors)
        {
            totals.Errors[kind] = count;
        }

        return totals;
    }
}
