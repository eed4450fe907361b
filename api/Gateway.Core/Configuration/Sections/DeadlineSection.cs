namespace Gateway.Core.Configuration;

/// <summary>The deadlines of one backend.</summary>
internal static class DeadlineSection
{
    private static readonly YamlKey<TimeSpan> Connect = Of("connect", "connecting to the engine", "GATEWAY_CONNECT_TIMEOUT_SECONDS");
    private static readonly YamlKey<TimeSpan> Headers = Of("headers", "its response headers", "GATEWAY_HEADERS_TIMEOUT_SECONDS");
    private static readonly YamlKey<TimeSpan> FirstToken = Of("first_token", "the first event of a stream that has content", "GATEWAY_FIRST_TOKEN_TIMEOUT_SECONDS");
    private static readonly YamlKey<TimeSpan> Idle = Of("idle", "the next part of an answer", "GATEWAY_IDLE_TIMEOUT_SECONDS");
    private static readonly YamlKey<TimeSpan> Total = Of("total", "the whole request", "GATEWAY_TOTAL_TIMEOUT_SECONDS");

    public static YamlShape<Deadlines> Shape { get; } = new YamlSectionShape<Deadlines>(
        new YamlTable("backends[].deadlines", [Connect, Headers, FirstToken, Idle, Total]),
        section =>
        {
            var otherwise = section.Reading.Defaults.Backends[0].Deadlines;
            return new Deadlines
            {
                Connect = section.Get(Connect, otherwise.Connect),
                Headers = section.Get(Headers, otherwise.Headers),
                FirstToken = section.Get(FirstToken, otherwise.FirstToken),
                Idle = section.Get(Idle, otherwise.Idle),
                Total = section.Get(Total, otherwise.Total),
                InFile = Mark(section, Connect, DeadlineNames.Connect) | Mark(section, Headers, DeadlineNames.Headers) | Mark(section, FirstToken, DeadlineNames.FirstToken)
                    | Mark(section, Idle, DeadlineNames.Idle) | Mark(section, Total, DeadlineNames.Total),
            };
        });

    private static DeadlineNames Mark(YamlSection section, YamlKey key, DeadlineNames name) => section.Has(key) ? name : DeadlineNames.None;

    private static YamlKey<TimeSpan> Of(string name, string what, string setting) =>
        new(name, YamlShapes.Seconds(), $"deadline for {what}") { Default = setting };
}
