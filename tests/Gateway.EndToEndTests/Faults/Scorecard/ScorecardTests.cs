using Xunit;

namespace Gateway.EndToEndTests.Faults.Scorecard;

/// <summary>Every fault, with what the caller has to see of it and how often the engines may be asked. <c>make faults</c> makes its table of these runs.</summary>
public sealed class ScorecardTests
{
    /// <summary>A folder that gets a record of each run; without it none is written.</summary>
    private const string RecordsVariable = "GATEWAY_FAULT_RECORDS";

    public static TheoryData<string> Faults => [.. FaultCases.Parts.SelectMany(part => part.Cases).Select(one => one.Fault)];

    [Fact]
    public void Faults_EveryOne_HasANameOfItsOwn() =>
        Assert.Empty(FaultCases.Parts.SelectMany(part => part.Cases).GroupBy(one => one.Fault).Where(group => group.Count() > 1).Select(group => group.Key));

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task Fault_IsMetAsSpecified(string fault)
    {
        var one = FaultCases.Parts.SelectMany(part => part.Cases).Single(one => one.Fault == fault);
        FaultSight? seen = null;
        var trouble = "did not come to its end";
        try
        {
            seen = await one.RunAsync();
        }
        catch (Exception e) when (Trouble(e, out trouble))
        {
        }
        finally
        {
            await RecordAsync(one, seen ?? new FaultSight(trouble, "?"));
        }

        Assert.Equal(one.Expected, seen);
    }

    // Looked at while the exception passes, so that it goes on as it is.
    private static bool Trouble(Exception e, out string trouble)
    {
        trouble = e.Message;
        return false;
    }

    private static async Task RecordAsync(FaultCase one, FaultSight seen)
    {
        if (Environment.GetEnvironmentVariable(RecordsVariable) is not { Length: > 0 } folder)
        {
            return;
        }

        var all = FaultCases.Parts.SelectMany(part => part.Cases.Select(each => (part.Part, each.Fault))).ToList();
        var place = all.FindIndex(each => each.Fault == one.Fault);
        var verdict = seen == one.Expected ? "pass" : $"**FAIL**, expected: {one.Expected.Caller}; {one.Expected.Upstream}";
        await File.WriteAllTextAsync(
            Path.Combine(folder, $"{place:000}.md"),
            $"{all[place].Part}\n| {Cell(one.Fault)} | {Cell(seen.Caller)} | {Cell(seen.Upstream)} | {Cell(verdict)} |\n");
    }

    private static string Cell(string text) => text.ReplaceLineEndings(" ").Replace("|", "\\|", StringComparison.Ordinal);
}
