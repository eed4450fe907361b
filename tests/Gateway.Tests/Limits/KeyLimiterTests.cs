using Gateway.Core.Configuration;
using Gateway.Core.Errors;
using Gateway.Engines.Endpoints;
using Gateway.Proxy.Limits;
using Gateway.Proxy.Pipeline;
using Gateway.Proxy.Telemetry;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace Gateway.Tests.Limits;

/// <summary>Keys and their four limits: what is let in, what is refused in which words, and what is counted at the end.</summary>
public sealed class KeyLimiterTests
{
    private readonly ManualClock _clock = new();
    private readonly KeyLimiter _limiter;
    private HeaderDictionary _headers = [];

    public KeyLimiterTests() => _limiter = new KeyLimiter(_clock);

    [Fact]
    public void Enter_KeyWithoutLimits_IsNotEvenKnown()
    {
        var request = Request(new KeyLimits());

        Assert.Null(Enter(request));
        Assert.Null(_limiter.Reserve(request, 1_000_000, _headers));
        _limiter.Leave(request);
        Assert.Empty(_limiter.Uses);
        Assert.Empty(_headers);
    }

    [Fact]
    public void Enter_RequestsPerMinute_RefusesTheNextUntilTheFirstIsAMinuteOld()
    {
        var limits = new KeyLimits { RequestsPerMinute = 2 };
        Assert.Null(EnterAndLeave(limits));
        Assert.Equal(("2", "1", "1m1s"), Told("requests"));
        _clock.Advance(TimeSpan.FromSeconds(10));
        Assert.Null(EnterAndLeave(limits));
        Assert.Equal(("2", "0", "1m1s"), Told("requests"));

        var refused = Enter(Request(limits));
        Assert.Equal((429, "requests", "rate_limit_exceeded", 51), (refused!.Status, refused.Type, refused.Code, refused.RetryAfterSeconds));
        Assert.Contains("Limit 2, Used 2, Requested 1. Please try again in 51s.", refused.Message, StringComparison.Ordinal);
        Assert.Equal(("2", "0", "1m1s"), Told("requests"));

        _clock.Advance(TimeSpan.FromSeconds(50));
        Assert.NotNull(Enter(Request(limits)));
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(Enter(Request(limits)));
    }

    [Fact]
    public void Enter_MaxConcurrency_CountsThoseThatRun()
    {
        var limits = new KeyLimits { MaxConcurrency = 2 };
        var first = Request(limits);
        Assert.Null(Enter(first));
        Assert.Null(Enter(Request(limits)));
        Assert.Equal("rate_limit_exceeded", Enter(Request(limits))!.Code);

        _limiter.Leave(first);
        _limiter.Leave(first);
        Assert.Null(Enter(Request(limits)));
        Assert.NotNull(Enter(Request(limits)));
    }

    [Fact]
    public void Reserve_TokensPerMinute_HoldsTheEstimateAndCountsWhatWasUsed()
    {
        var limits = new KeyLimits { TokensPerMinute = 100 };
        var first = Request(limits);
        Assert.Null(Enter(first));
        Assert.Null(_limiter.Reserve(first, 60, _headers));
        Assert.Equal("40", Told("tokens").Remaining);

        var second = Request(limits);
        Assert.Null(Enter(second));
        var refused = _limiter.Reserve(second, 50, _headers);
        Assert.Equal((429, "tokens", "rate_limit_exceeded"), (refused!.Status, refused.Type, refused.Code));
        Assert.Contains("Limit 100, Used 0, Reserved 60, Requested 50.", refused.Message, StringComparison.Ordinal);
        _limiter.Leave(second);

        End(first, input: 20, output: 10);
        var third = Request(limits);
        Assert.Null(Enter(third));
        Assert.Equal("70", Told("tokens").Remaining);
        Assert.Null(_limiter.Reserve(third, 70, _headers));
        Assert.Equal("0", Told("tokens").Remaining);
    }

    [Fact]
    public void Reserve_MoreThanTheWholeLimit_IsLetThroughAloneAndNextsWaitTheMinuteOut()
    {
        var limits = new KeyLimits { TokensPerMinute = 100 };
        var large = Request(limits);
        Assert.Null(Enter(large));
        Assert.Null(_limiter.Reserve(large, 5000, _headers));
        Assert.NotNull(Enter(Request(limits)));
        End(large, input: 900, output: 100);

        var refused = Enter(Request(limits));
        // A client that is told a minute or more gives up instead of waiting.
        Assert.Equal(59, refused!.RetryAfterSeconds);
        _clock.Advance(TimeSpan.FromSeconds(59));
        Assert.Equal(2, Enter(Request(limits))!.RetryAfterSeconds);
        _clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Null(Enter(Request(limits)));
    }

    [Fact]
    public void Enter_MonthUsedUp_IsRefusedUntilTheNextMonthOfUtc()
    {
        var limits = new KeyLimits { MonthlyTokens = 100 };
        var request = Request(limits);
        Assert.Null(Enter(request));
        Assert.Null(_limiter.Reserve(request, 10, _headers));
        End(request, input: 90, output: 20);

        // The clock stands at the second day of 1970.
        var refused = Enter(Request(limits));
        Assert.Equal((429, "insufficient_quota", "insufficient_quota", 30 * 24 * 3600), (refused!.Status, refused.Type, refused.Code, refused.RetryAfterSeconds));
        Assert.Contains("on 1970-02-01 at 00:00 UTC", refused.Message, StringComparison.Ordinal);
        Assert.Equal(110, _limiter.UsedThisMonth("team"));

        _clock.Advance(TimeSpan.FromDays(30));
        Assert.Equal(0, _limiter.UsedThisMonth("team"));
        Assert.Null(Enter(Request(limits)));
    }

    [Fact]
    public void Enter_MonthHeldByRunningRequests_IsToldToComeBackSoon()
    {
        var limits = new KeyLimits { MonthlyTokens = 100 };
        var running = Request(limits);
        Assert.Null(Enter(running));
        Assert.Null(_limiter.Reserve(running, 100, _headers));

        var refused = Enter(Request(limits));
        Assert.Equal(("rate_limit_exceeded", 1), (refused!.Code, refused.RetryAfterSeconds));
        End(running, input: 5, output: 5);
        Assert.Null(Enter(Request(limits)));
    }

    [Fact]
    public void Enter_LimitsChanged_CountsGoOn()
    {
        Assert.Null(EnterAndLeave(new KeyLimits { RequestsPerMinute = 1 }));
        Assert.NotNull(Enter(Request(new KeyLimits { RequestsPerMinute = 1, MaxConcurrency = 5 })));
        Assert.Null(Enter(Request(new KeyLimits { RequestsPerMinute = 2 })));
    }

    [Theory]
    [InlineData(nameof(Outcome.Ok), true, 30)]
    [InlineData(nameof(Outcome.Interrupted), true, 30)]
    [InlineData(nameof(Outcome.Canceled), false, 47)]
    [InlineData(nameof(Outcome.Interrupted), false, 47)]
    [InlineData(nameof(Outcome.Ok), false, 500)]
    [InlineData(nameof(Outcome.EngineError), false, 0)]
    [InlineData(nameof(Outcome.GatewayError), false, 0)]
    public void Charge_EachWayToEnd_IsWhatWasUsed(string outcome, bool known, long expected)
    {
        var request = Request(new KeyLimits { TokensPerMinute = 1000 });
        Enter(request);
        _limiter.Reserve(request, 500, _headers);
        request.PromptEstimate = 40;
        request.FirstSentAt = 1;
        request.Outcome = Enum.Parse<Outcome>(outcome);
        request.Usage = known ? new TokenUsage { Known = true, Input = 20, Output = 10 } : new TokenUsage { Output = 7 };

        _limiter.Leave(request);

        Assert.Equal((expected, 0), (_limiter.Uses["team"].Tokens.Sum, _limiter.Uses["team"].Held));
    }

    [Fact]
    public void Limiter_ManyAtOnce_LosesNoCount()
    {
        var limits = new KeyLimits { RequestsPerMinute = 1000, TokensPerMinute = 1_000_000, MaxConcurrency = 4 };
        var let = 0;
        Parallel.For(0, 4000, new ParallelOptions { MaxDegreeOfParallelism = 8 }, _ =>
        {
            var request = Request(limits);
            HeaderDictionary headers = [];
            if (_limiter.Enter(request, headers) is null)
            {
                Assert.InRange(_limiter.Uses["team"].Running, 1, 4);
                Assert.Null(_limiter.Reserve(request, 10, headers));
                End(request, input: 1, output: 1);
                Interlocked.Increment(ref let);
            }
        });

        var use = _limiter.Uses["team"];
        Assert.Equal((let, 2 * let, 0, 0), (use.Requests.Sum, use.Tokens.Sum, use.Held, use.Running));
        Assert.InRange(let, 1, 1000);
    }

    [Theory]
    [InlineData(0, "0ms")]
    [InlineData(0.1201, "121ms")]
    [InlineData(8.64, "8.64s")]
    [InlineData(60, "1m0s")]
    [InlineData(61.5, "1m1.5s")]
    public void Duration_Seconds_AreWrittenAsOpenAiDoes(double seconds, string expected) => Assert.Equal(expected, RateHeaders.Duration(seconds));

    private static GatewayFeature Request(KeyLimits limits) => new()
    {
        RequestId = "r",
        StartedAt = 1,
        Endpoint = EndpointCatalog.Find(EndpointId.ChatCompletions),
        Key = new ClientKey("team", SettingParsers.Hash("team-secret")) { Limits = limits },
    };

    private GatewayError? Enter(GatewayFeature request)
    {
        _headers = [];
        return _limiter.Enter(request, _headers);
    }

    private GatewayError? EnterAndLeave(KeyLimits limits)
    {
        var request = Request(limits);
        var refused = Enter(request);
        _limiter.Leave(request);
        return refused;
    }

    private void End(GatewayFeature request, long input, long output)
    {
        request.FirstSentAt = 1;
        request.Outcome = Outcome.Ok;
        request.Usage = new TokenUsage { Known = true, Input = input, Output = output };
        _limiter.Leave(request);
    }

    private (string Limit, string Remaining, string Reset) Told(string what) =>
        (_headers[$"x-ratelimit-limit-{what}"].ToString(), _headers[$"x-ratelimit-remaining-{what}"].ToString(), _headers[$"x-ratelimit-reset-{what}"].ToString());
}
