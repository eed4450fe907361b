namespace Gateway.Configuration;

/// <summary>The five deadlines of a request.</summary>
internal sealed record Deadlines
{
    public TimeSpan Connect { get; init; } = TimeSpan.FromSeconds(5);

    public TimeSpan Headers { get; init; } = TimeSpan.FromSeconds(600);

    public TimeSpan FirstToken { get; init; } = TimeSpan.FromSeconds(600);

    public TimeSpan Idle { get; init; } = TimeSpan.FromSeconds(120);

    public TimeSpan Total { get; init; } = TimeSpan.FromSeconds(3600);
}
