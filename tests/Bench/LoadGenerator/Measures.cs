namespace Gateway.Bench;

/// <summary>The names of what is measured, as in the JSON.</summary>
internal static class Measures
{
    public const string CpuPerRequest = "cpu_us_per_request";
    public const string RequestsPerSecond = "requests_per_second";
    public const string AddedP50 = "added_p50_us";
    public const string AddedP99 = "added_p99_us";
    public const string P50 = "p50_us";
    public const string P99 = "p99_us";
    public const string FirstEventP50 = "first_event_p50_us";
    public const string FirstEventP99 = "first_event_p99_us";
    public const string AddedFirstEventP50 = "added_first_event_p50_us";
    public const string AddedFirstEventP99 = "added_first_event_p99_us";
    public const string CpuPerPacedEvent = "cpu_us_per_paced_event";
    public const string GapP99 = "gap_p99_us";
    public const string AddedGapP99 = "added_gap_p99_us";
    public const string CpuPerUnpacedEvent = "cpu_us_per_unpaced_event";
    public const string CpuPerShortStream = "cpu_us_per_stream_of_50_events";
    public const string UnpacedEventsPerSecond = "unpaced_events_per_second";
    public const string CpuPer64Kb = "cpu_us_per_64kb_request";
    public const string CpuPer4Mb = "cpu_us_per_4mb_request";
    public const string ResidentIdle = "resident_idle_bytes";
    public const string ResidentLoaded = "resident_loaded_bytes";
    public const string ResidentPerStream = "resident_bytes_per_idle_stream";
    public const string FirstAnswer = "first_answer_ms";
}
