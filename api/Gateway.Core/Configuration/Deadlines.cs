namespace Gateway.Core.Configuration;

/// <summary>The five deadlines of a request, as marks.</summary>
[Flags]
public enum DeadlineNames
{
    None = 0,
    Connect = 1,
    Headers = 2,
    FirstToken = 4,
    Idle = 8,
    Total = 16,
}

/// <summary>The five deadlines of a request.</summary>
public sealed record Deadlines
{
    /// <summary>Those that the file sets for this backend; the others are the environment's.</summary>
    public DeadlineNames InFile { get; init; }

    public TimeSpan Connect { get; init; } = TimeSpan.FromSeconds(5);

    public TimeSpan Headers { get; init; } = TimeSpan.FromSeconds(600);

    public TimeSpan FirstToken { get; init; } = TimeSpan.FromSeconds(600);

    public TimeSpan Idle { get; init; } = TimeSpan.FromSeconds(120);

    public TimeSpan Total { get; init; } = TimeSpan.FromSeconds(3600);

    /// <summary>Where the operator finds a deadline, for messages about it.</summary>
    public string SettingOf(DeadlineNames deadline)
    {
        var (key, variable) = deadline switch
        {
            DeadlineNames.Connect => ("connect", "GATEWAY_CONNECT_TIMEOUT_SECONDS"),
            DeadlineNames.Headers => ("headers", "GATEWAY_HEADERS_TIMEOUT_SECONDS"),
            DeadlineNames.FirstToken => ("first_token", "GATEWAY_FIRST_TOKEN_TIMEOUT_SECONDS"),
            DeadlineNames.Idle => ("idle", "GATEWAY_IDLE_TIMEOUT_SECONDS"),
            DeadlineNames.Total => ("total", "GATEWAY_TOTAL_TIMEOUT_SECONDS"),
            DeadlineNames.None or _ => throw new ArgumentOutOfRangeException(nameof(deadline)),
        };
        return InFile.HasFlag(deadline) ? $"deadlines.{key} of the backend in gateway.yaml" : variable;
    }
}
