using System.Collections.Concurrent;
using Gateway.Core.Configuration;
using Gateway.Core.Errors;
using Gateway.Proxy.Pipeline;

namespace Gateway.Proxy.Limits;

/// <summary>Enforces the limits of client keys.</summary>
/// <remarks>Counts requests, reserves estimated tokens, and settles the reservation at the end.</remarks>
public sealed class KeyLimiter(TimeProvider clock)
{
    private const int WhileOthersRun = 1;

    private readonly ConcurrentDictionary<string, KeyUse> _uses = new(StringComparer.Ordinal);

    private double Now => (double)clock.GetTimestamp() / clock.TimestampFrequency;

    /// <summary>The month as the file and the metrics know it, by UTC.</summary>
    public int Month => MonthOf(clock.GetUtcNow());

    /// <summary>Every key that has used anything.</summary>
    public IReadOnlyDictionary<string, KeyUse> Uses => _uses;

    public static int MonthOf(DateTimeOffset time) => (time.UtcDateTime.Year * 12) + time.UtcDateTime.Month;

    /// <summary>Admits a request of a key with limits, or returns the error. What is left goes into the answer's headers.</summary>
    public GatewayError? Enter(GatewayFeature request, IHeaderDictionary answer)
    {
        if (request.Key is not { Limited: true } key)
        {
            return null;
        }

        var use = _uses.GetOrAdd(key.Name, static _ => new KeyUse());
        lock (use.Lock)
        {
            var now = Now;
            var refused = Judge(key, use, now);
            if (refused is null)
            {
                use.Requests.Add(1);
                use.Running++;
                request.Hold = new KeyHold(Entered: true, Tokens: 0);
            }

            RateHeaders.Write(answer, key.Limits, use, now);
            return refused;
        }
    }

    /// <summary>Reserves the tokens that a request may use, or returns the error for too many.</summary>
    /// <param name="request">A request that was let in.</param>
    /// <param name="estimate">Tokens of prompt and answer; more than the whole limit waits for an empty minute.</param>
    /// <param name="answer">Gets what is left.</param>
    public GatewayError? Reserve(GatewayFeature request, long estimate, IHeaderDictionary answer)
    {
        if (request is not { Key: { Limited: true } key, Hold.Entered: true } || key.Limits is { TokensPerMinute: null, MonthlyTokens: null })
        {
            return null;
        }

        var use = _uses[key.Name];
        lock (use.Lock)
        {
            var now = Now;
            use.Tokens.Advance(now);
            var tokens = Math.Min(estimate, key.Limits.TokensPerMinute ?? long.MaxValue);
            var over = use.Tokens.Sum + use.Held + tokens - key.Limits.TokensPerMinute;
            if (over > 0)
            {
                RateHeaders.Write(answer, key.Limits, use, now);
                return LimitErrors.Tokens(key, use, tokens, Wait(use.Tokens, now, over.Value));
            }

            use.Held += tokens;
            request.Hold = request.Hold with { Tokens = tokens };
            RateHeaders.WriteTokens(answer, key.Limits, use, now);
            return null;
        }
    }

    /// <summary>Says whether the key of a running session has used up its tokens.</summary>
    /// <remarks>The reservation of the session itself does not count.</remarks>
    public GatewayError? Over(GatewayFeature request)
    {
        if (request is not { Key: { Limited: true } key, Hold.Entered: true } || key.Limits is { TokensPerMinute: null, MonthlyTokens: null })
        {
            return null;
        }

        var use = _uses[key.Name];
        lock (use.Lock)
        {
            var now = Now;
            use.Tokens.Advance(now);
            use.EnterMonth(Month);
            if (use.MonthTokens >= key.Limits.MonthlyTokens)
            {
                return LimitErrors.Month(key, clock.GetUtcNow());
            }

            var over = use.Tokens.Sum + use.Held - request.Hold.Tokens - key.Limits.TokensPerMinute + 1;
            return over > 0 ? LimitErrors.Tokens(key, use, 1, Wait(use.Tokens, now, over.Value)) : null;
        }
    }

    /// <summary>Counts what a running session has used, and reduces its reservation by as much.</summary>
    public void Spend(GatewayFeature request, long tokens)
    {
        if (request is not { Key: { } key, Hold: { Entered: true } hold })
        {
            return;
        }

        var use = _uses[key.Name];
        lock (use.Lock)
        {
            var given = Math.Min(hold.Tokens, tokens);
            use.Held -= given;
            use.Tokens.Advance(Now);
            use.Tokens.Add(tokens);
            if (key.Limits.MonthlyTokens is not null)
            {
                use.CountInMonth(Month, tokens);
            }

            request.Hold = hold with { Tokens = hold.Tokens - given };
            request.Charged += tokens;
        }
    }

    /// <summary>The request has ended: its reservation is returned, what it used is counted.</summary>
    public void Leave(GatewayFeature request)
    {
        if (request is not { Key: { } key, Hold: { Entered: true } hold })
        {
            return;
        }

        var tokens = Math.Max(0, TokenCharge.Of(request) - request.Charged);
        request.Hold = default;
        var use = _uses[key.Name];
        lock (use.Lock)
        {
            use.Running--;
            use.Held -= hold.Tokens;
            use.Tokens.Advance(Now);
            use.Tokens.Add(tokens);
            if (key.Limits.MonthlyTokens is not null)
            {
                use.CountInMonth(Month, tokens);
            }
        }
    }

    /// <summary>What a key used in the running month, before this process began.</summary>
    public void Restore(string key, int month, long tokens)
    {
        var use = _uses.GetOrAdd(key, static _ => new KeyUse());
        lock (use.Lock)
        {
            use.CountInMonth(month, tokens);
        }
    }

    /// <summary>Tokens of the running month.</summary>
    public long UsedThisMonth(string key)
    {
        if (!_uses.TryGetValue(key, out var use))
        {
            return 0;
        }

        lock (use.Lock)
        {
            use.EnterMonth(Month);
            return use.MonthTokens;
        }
    }

    /// <summary>What a key uses now, to be shown beside its limits.</summary>
    public KeyLimits Look(string key)
    {
        if (!_uses.TryGetValue(key, out var use))
        {
            return new KeyLimits { RequestsPerMinute = 0, TokensPerMinute = 0, MaxConcurrency = 0, MonthlyTokens = 0 };
        }

        lock (use.Lock)
        {
            var now = Now;
            use.Requests.Advance(now);
            use.Tokens.Advance(now);
            use.EnterMonth(Month);
            return new KeyLimits { RequestsPerMinute = (int)use.Requests.Sum, TokensPerMinute = use.Tokens.Sum + use.Held, MaxConcurrency = use.Running, MonthlyTokens = use.MonthTokens };
        }
    }

    private GatewayError? Judge(ClientKey key, KeyUse use, double now)
    {
        var limits = key.Limits;
        use.Requests.Advance(now);
        use.Tokens.Advance(now);
        use.EnterMonth(Month);
        if (use.MonthTokens + use.Held >= limits.MonthlyTokens)
        {
            // A reservation may be returned; used tokens stay used until the month ends.
            return use.MonthTokens >= limits.MonthlyTokens
                ? LimitErrors.Month(key, clock.GetUtcNow())
                : LimitErrors.MonthHeld(key, WhileOthersRun);
        }

        if (use.Running >= limits.MaxConcurrency)
        {
            return LimitErrors.Concurrency(key, WhileOthersRun);
        }

        if (use.Requests.Sum >= limits.RequestsPerMinute)
        {
            return LimitErrors.Requests(key, use, Wait(use.Requests, now, use.Requests.Sum - limits.RequestsPerMinute.Value + 1));
        }

        return use.Tokens.Sum + use.Held >= limits.TokensPerMinute
            ? LimitErrors.Tokens(key, use, 1, Wait(use.Tokens, now, use.Tokens.Sum + use.Held - limits.TokensPerMinute.Value + 1))
            : null;
    }

    // It is unknown when running requests return their reservations.
    private static int Wait(MinuteWindow window, double now, long amount) =>
        window.SecondsUntilFree(now, amount) is { } seconds ? Math.Max(1, (int)Math.Ceiling(seconds)) : WhileOthersRun;
}
