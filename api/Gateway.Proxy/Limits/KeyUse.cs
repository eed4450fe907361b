namespace Gateway.Proxy.Limits;

/// <summary>What one key has used and reserved. Read and write it within its lock.</summary>
public sealed class KeyUse
{
    public Lock Lock { get; } = new();

    public MinuteWindow Requests { get; } = new();

    public MinuteWindow Tokens { get; } = new();

    /// <summary>Requests that are being answered.</summary>
    public int Running { get; set; }

    /// <summary>Tokens that running requests may still use, by estimate.</summary>
    public long Held { get; set; }

    /// <summary>The month that <see cref="MonthTokens"/> are of: year times twelve plus month.</summary>
    public int Month { get; private set; }

    public long MonthTokens { get; private set; }

    public void CountInMonth(int month, long tokens)
    {
        EnterMonth(month);
        MonthTokens += tokens;
    }

    /// <summary>A new month begins at nothing.</summary>
    public void EnterMonth(int month)
    {
        if (month != Month)
        {
            (Month, MonthTokens) = (month, 0);
        }
    }
}

/// <summary>What a running request has reserved of its key's limits.</summary>
/// <param name="Entered">It was let in, and has to leave.</param>
/// <param name="Tokens">Tokens that it may still use, by estimate.</param>
public readonly record struct KeyHold(bool Entered, long Tokens);
