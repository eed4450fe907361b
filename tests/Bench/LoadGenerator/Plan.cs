namespace Gateway.Bench;

/// <summary>How long each part takes. The whole stays within the limit: no round is begun that would pass it.</summary>
internal sealed record Plan
{
    public static Plan Full { get; } = new()
    {
        Limit = TimeSpan.FromSeconds(340),
        Rounds = 5,
        WarmUp = TimeSpan.FromSeconds(4),
        Loop = TimeSpan.FromSeconds(1.5),
        OneByOne = TimeSpan.FromSeconds(0.8),
        Bodies = TimeSpan.FromSeconds(0.6),
        Starts = 5,
        IdleStreams = 5000,
        Grown = [new(100, 100, 100), new(1000, 1000, 1000), new(1000, 1, 1), new(1, 1000, 1), new(1, 1, 1000)],
    };

    public static Plan Quick { get; } = new()
    {
        Limit = TimeSpan.FromSeconds(80),
        Rounds = 2,
        WarmUp = TimeSpan.FromSeconds(1),
        Loop = TimeSpan.FromSeconds(1),
        OneByOne = TimeSpan.FromSeconds(0.5),
        Bodies = TimeSpan.FromSeconds(0.3),
        Starts = 2,
        IdleStreams = 1000,
        Grown = [new(1000, 1000, 1000)],
    };

    /// <summary>For a change of the gateway: builds side by side, few measures, many rounds.</summary>
    public static Plan Compare { get; } = new()
    {
        Limit = TimeSpan.FromSeconds(130),
        Rounds = 7,
        WarmUp = TimeSpan.FromSeconds(6),
        Loop = TimeSpan.FromSeconds(0.8),
        OneByOne = TimeSpan.FromSeconds(0.3),
        Bodies = TimeSpan.Zero,
        Starts = 1,
        IdleStreams = 0,
        Grown = [],
    };

    public required TimeSpan Limit { get; init; }

    public required int Rounds { get; init; }

    public required TimeSpan WarmUp { get; init; }

    /// <summary>Time of a closed loop.</summary>
    public required TimeSpan Loop { get; init; }

    /// <summary>Time of a loop without concurrency.</summary>
    public required TimeSpan OneByOne { get; init; }

    /// <summary>Time of a loop with large bodies.</summary>
    public required TimeSpan Bodies { get; init; }

    public required int Starts { get; init; }

    public required int IdleStreams { get; init; }

    /// <summary>The further set-ups of the gateway.</summary>
    public required IReadOnlyList<Contenders.Sizes> Grown { get; init; }
}
