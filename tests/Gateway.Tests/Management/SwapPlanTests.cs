using Gateway.Engines;
using Gateway.Management.Swap;
using Xunit;

namespace Gateway.Tests.Management;

/// <summary>Which engines are in memory, by who is used and who is waited for.</summary>
public sealed class SwapPlanTests
{
    private static readonly TimeSpan IdleAfter = TimeSpan.FromSeconds(600);
    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(30);

    [Fact]
    public void Wanted_WithAFreeSlot_Starts() =>
        AssertDecision(start: ["b"], stop: [], slots: 2, Running("a", used: 1), Wanted("b"));

    [Fact]
    public void Wanted_WithoutAFreeSlot_TakesThatOfTheOneUsedLongestAgo() =>
        AssertDecision(start: [], stop: ["b"], slots: 2, Running("a", used: 5), Running("b", used: 50), Wanted("c"));

    [Fact]
    public void Wanted_WhileTheSlotIsInUse_WaitsAtFirst() =>
        AssertDecision(start: [], stop: [], slots: 1, Running("a", inFlight: 3), Wanted("b", waited: 29));

    [Fact]
    public void Wanted_WhileTheSlotIsInUse_HasItsTurnAfterTheLongestWait() =>
        AssertDecision(start: [], stop: ["a"], slots: 1, Running("a", inFlight: 3), Wanted("b", waited: 30));

    [Fact]
    public void Wanted_BesideAnIdleAndABusyOne_TakesTheIdleOnesSlot() =>
        AssertDecision(start: [], stop: ["b"], slots: 2, Running("a", inFlight: 1, used: 90), Running("b", used: 1), Wanted("c", waited: 60));

    [Fact]
    public void Wanted_WhileAnotherStops_WaitsForItsSlotAndStopsNobodyElse() =>
        AssertDecision(start: [], stop: [], slots: 2, Running("a", used: 500), Engine("b", SwapPhase.Stopping), Wanted("c", waited: 60));

    [Fact]
    public void Wanted_WhileAnotherStarts_DoesNotInterruptIt() =>
        AssertDecision(start: [], stop: [], slots: 1, Engine("a", SwapPhase.Starting), Wanted("b", waited: 60));

    [Fact]
    public void TwoWanted_WithOneSlot_TheLongerWaitingStartsAlone() =>
        AssertDecision(start: ["b"], stop: [], slots: 1, Wanted("a", waited: 1), Wanted("b", waited: 2));

    [Fact]
    public void Running_WithRequestsThatWaitForIt_IsNotIdle() =>
        AssertDecision(start: [], stop: [], slots: 1, Running("a", used: 700) with { Waiting = 1 });

    [Fact]
    public void Running_UnusedForLong_Stops() =>
        AssertDecision(start: [], stop: ["a"], slots: 1, Running("a", used: 600));

    [Fact]
    public void Running_UnusedForLongButAtWork_Stays() =>
        AssertDecision(start: [], stop: [], slots: 1, Running("a", inFlight: 1, used: 9000));

    [Fact]
    public void Stopped_ThatNobodyWants_StaysSo() =>
        AssertDecision(start: [], stop: [], slots: 1, Engine("a", SwapPhase.Stopped));

    [Fact]
    public void Exclusive_Wanted_MakesEveryMeteredOneLeave() =>
        AssertDecision(start: [], stop: ["a", "b"], slots: 9,
            Running("a"), Running("b") with { Policy = SlotPolicy.CoexistByType }, Running("c") with { Policy = SlotPolicy.Unmetered }, Wanted("d") with { Policy = SlotPolicy.Exclusive });

    [Fact]
    public void Exclusive_InMemory_LeavesForAnyOther() =>
        AssertDecision(start: [], stop: ["a"], slots: 9, Running("a") with { Policy = SlotPolicy.Exclusive }, Wanted("b"));

    [Fact]
    public void CoexistByType_BesideOthers_Starts() =>
        AssertDecision(start: ["c"], stop: [], slots: 1, Running("a"), Running("b") with { Policy = SlotPolicy.CoexistByType, Kind = "other" }, Wanted("c") with { Policy = SlotPolicy.CoexistByType });

    [Fact]
    public void CoexistByType_BesideItsOwnKind_TakesItsPlace() =>
        AssertDecision(start: [], stop: ["b"], slots: 1, Running("a"), Running("b") with { Policy = SlotPolicy.CoexistByType }, Wanted("c") with { Policy = SlotPolicy.CoexistByType });

    [Fact]
    public void Unmetered_Wanted_StartsBesideAnybody() =>
        AssertDecision(start: ["b"], stop: [], slots: 1, Running("a", inFlight: 1) with { Policy = SlotPolicy.Exclusive }, Wanted("b") with { Policy = SlotPolicy.Unmetered });

    [Fact]
    public void TwoModelsAskedInTurn_OverAMinute_ChangePlacesAFewTimesOnly()
    {
        var (changes, holder) = (0, "a");
        var since = new Dictionary<string, int> { ["b"] = 0 };
        for (var second = 0; second < 60; second++)
        {
            var other = holder == "a" ? "b" : "a";
            var decision = SwapPlan.Decide([Running(holder, inFlight: 1), Wanted(other, waited: second - since[other])], 1, IdleAfter, MaxWait);
            if (decision.Stop.Count > 0)
            {
                (changes, since[holder], holder) = (changes + 1, second, other);
            }
        }

        Assert.Equal(1, changes);
    }

    private static SwapEngine Engine(string name, SwapPhase phase) => new(name, "kind", SlotPolicy.Standard, phase);

    private static SwapEngine Running(string name, int inFlight = 0, int used = 0) =>
        Engine(name, SwapPhase.Running) with { InFlight = inFlight, Unused = TimeSpan.FromSeconds(used) };

    private static SwapEngine Wanted(string name, int waited = 0) =>
        Engine(name, SwapPhase.Stopped) with { Waiting = 1, Waited = TimeSpan.FromSeconds(waited) };

    private static void AssertDecision(string[] start, string[] stop, int slots, params SwapEngine[] engines)
    {
        var decision = SwapPlan.Decide(engines, slots, IdleAfter, MaxWait);
        Assert.Equal(start, decision.Start);
        Assert.Equal(stop, decision.Stop);
    }
}
