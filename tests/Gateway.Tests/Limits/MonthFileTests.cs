using Gateway.Core.Configuration;
using Gateway.Proxy.Limits;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Gateway.Tests.Limits;

/// <summary>The tokens of the month outlive the process, and an unreadable file costs no start.</summary>
public sealed class MonthFileTests : IDisposable
{
    private readonly ManualClock _clock = new();
    private readonly TemporaryFolder _folder = new();

    private string File => Path.Combine(_folder.Path, "deep", "key-usage.json");

    [Fact]
    public async Task File_AfterARestart_HasTheTokensOfTheMonth()
    {
        await RunAsync(limiter => limiter.Restore("team", limiter.Month, 123));
        Assert.Equal("""{"month":"1970-01","tokens":{"team":123}}""", await System.IO.File.ReadAllTextAsync(File));

        await RunAsync(limiter => Assert.Equal(123, limiter.UsedThisMonth("team")));
    }

    [Fact]
    public async Task File_OfAnotherMonth_CountsForNothing()
    {
        await RunAsync(limiter => limiter.Restore("team", limiter.Month, 123));
        _clock.Advance(TimeSpan.FromDays(31));

        await RunAsync(limiter => Assert.Equal(0, limiter.UsedThisMonth("team")));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("[1]")]
    [InlineData("""{"month":"soon","tokens":{}}""")]
    [InlineData("""{"month":"1970-01","tokens":{"team":"many"}}""")]
    [InlineData("""{"month":null,"tokens":{}}""")]
    public async Task File_Unreadable_IsPutAsideAndTheStartGoesOn(string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(File)!);
        await System.IO.File.WriteAllTextAsync(File, text);

        await RunAsync(limiter => Assert.Equal(0, limiter.UsedThisMonth("team")));

        Assert.Equal(text, await System.IO.File.ReadAllTextAsync(File + ".unreadable"));
    }

    [Fact]
    public async Task File_NothingToKeep_IsNotMade()
    {
        await RunAsync(_ => { });

        Assert.False(System.IO.File.Exists(File));
    }

    [Fact]
    public async Task File_WhileItRuns_IsWrittenEveryFewSeconds()
    {
        await RunAsync(limiter =>
        {
            limiter.Restore("team", limiter.Month, 5);
            _clock.Advance(TimeSpan.FromSeconds(6));
            Assert.True(SpinWait.SpinUntil(() => System.IO.File.Exists(File), TimeSpan.FromSeconds(20)));
        });
    }

    public void Dispose() => _folder.Dispose();

    private async Task RunAsync(Action<KeyLimiter> use)
    {
        var limiter = new KeyLimiter(_clock);
        var settings = new GatewaySettings { Backends = [], Management = new ManagementSettings { DataDirectory = Path.GetDirectoryName(File)! } };
        using var file = new MonthFile(limiter, settings, _clock, NullLogger<MonthFile>.Instance);
        await file.StartAsync(CancellationToken.None);
        // The first pause has begun.
        Assert.True(SpinWait.SpinUntil(() => _clock.Waiting > 0, TimeSpan.FromSeconds(20)));
        use(limiter);
        await file.StopAsync(CancellationToken.None);
    }
}
