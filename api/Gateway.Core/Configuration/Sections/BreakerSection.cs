namespace Gateway.Core.Configuration;

/// <summary>When a replica of one backend is left alone.</summary>
internal static class BreakerSection
{
    private static readonly YamlKey<long> Failures = new("failures", YamlShapes.Whole(2, 1000),
        "minimum failures within the window")
    { Default = "GATEWAY_BREAKER_FAILURES" };

    private static readonly YamlKey<double> Ratio = new("ratio", YamlShapes.Number(0.01, 1),
        "the share of attempts that must have failed")
    { Default = "0.5" };

    private static readonly YamlKey<TimeSpan> Window = new("window", YamlShapes.Seconds(0.5),
        "how long attempts are counted")
    { Default = "30" };

    private static readonly YamlKey<TimeSpan> Pause = new("pause", YamlShapes.Seconds(0.5),
        "pause before one trial request is sent to it")
    { Default = "GATEWAY_BREAKER_SECONDS" };

    public static YamlShape<ResilienceSettings> Shape { get; } = new YamlSectionShape<ResilienceSettings>(
        new YamlTable("backends[].breaker", [Failures, Ratio, Window, Pause]),
        section =>
        {
            var otherwise = section.Reading.Defaults.Backends[0].Resilience;
            return otherwise with
            {
                BreakerFailures = (int)section.Get(Failures, otherwise.BreakerFailures),
                BreakerRatio = section.Get(Ratio, otherwise.BreakerRatio),
                BreakerWindow = section.Get(Window, otherwise.BreakerWindow),
                BreakerPause = section.Get(Pause, otherwise.BreakerPause),
            };
        });
}
