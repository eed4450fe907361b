namespace Gateway.Core.Configuration;

/// <summary>How failures before the first byte are met, and when a replica is left alone for a while.</summary>
public sealed record ResilienceSettings
{
    /// <summary>Further attempts after the first.</summary>
    public int Retries { get; init; } = 2;

    /// <summary>Retries as a share of requests, over the long run: a brown-out is not amplified.</summary>
    public double RetryBudget { get; init; } = 0.2;

    /// <summary>Failures within the window, at least, before a replica's breaker opens.</summary>
    public int BreakerFailures { get; init; } = 5;

    /// <summary>The share of attempts that must fail.</summary>
    public double BreakerRatio { get; init; } = 0.5;

    /// <summary>How long attempts are counted.</summary>
    public TimeSpan BreakerWindow { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long an open breaker keeps requests away before one is let through.</summary>
    public TimeSpan BreakerPause { get; init; } = TimeSpan.FromSeconds(5);
}
