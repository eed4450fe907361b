using Gateway.Bench.Contenders;

namespace Gateway.Bench;

/// <summary>How long each part takes; what is written here is the whole run. No round is begun that would pass the limit.</summary>
internal sealed record Plan
{
    public static Plan Full { get; } = new();

    public static Plan Quick { get; } = new()
    {
        Limit = TimeSpan.FromSeconds(85),
        After = TimeSpan.FromSeconds(28),
        Rounds = 2,
        WarmUp = TimeSpan.FromSeconds(1),
        Loop = TimeSpan.FromSeconds(1),
        OneByOne = TimeSpan.FromSeconds(0.5),
        Bodies = TimeSpan.FromSeconds(0.3),
        Starts = 2,
        IdleStreams = 1000,
        Grown = [new(1000, 1000, 1000)],
        GrownRounds = 1,
        MetricsRounds = 0,
    };

    /// <summary>For a change of the gateway: builds side by side, few measures, many rounds.</summary>
    public static Plan Compare { get; } = new()
    {
        Limit = TimeSpan.FromSeconds(130),
        After = TimeSpan.Zero,
        Rounds = 7,
        Loop = TimeSpan.FromSeconds(0.8),
        OneByOne = TimeSpan.FromSeconds(0.3),
        Bodies = TimeSpan.FromSeconds(0.3),
        Starts = 1,
        IdleStreams = 0,
        Grown = [],
        MetricsRounds = 0,
    };

    public TimeSpan Limit { get; private init; } = TimeSpan.FromSeconds(575);

    /// <summary>What of it comes after the rounds.</summary>
    public TimeSpan After { get; private init; } = TimeSpan.FromSeconds(240);

    public int Rounds { get; private init; } = 7;

    /// <summary>Until the code that serves requests is compiled for good: shorter, and compiling is in the greatest figures.</summary>
    public TimeSpan WarmUp { get; private init; } = TimeSpan.FromSeconds(10);

    /// <summary>Time of a closed loop.</summary>
    public TimeSpan Loop { get; private init; } = TimeSpan.FromSeconds(1.5);

    /// <summary>Time of a loop without concurrency.</summary>
    public TimeSpan OneByOne { get; private init; } = TimeSpan.FromSeconds(0.8);

    /// <summary>Time of a loop with large bodies.</summary>
    public TimeSpan Bodies { get; private init; } = TimeSpan.FromSeconds(0.6);

    public int Starts { get; private init; } = 5;

    public int IdleStreams { get; private init; } = 5000;

    /// <summary>The further set-ups of the gateway.</summary>
    public IReadOnlyList<Sizes> Grown { get; private init; } = [new(100, 100, 100), new(1000, 1000, 1000), new(1000, 1, 1), new(1, 1000, 1), new(1, 1, 1000)];

    public int GrownRounds { get; private init; } = 3;

    public int MetricsRounds { get; private init; } = 6;
}
