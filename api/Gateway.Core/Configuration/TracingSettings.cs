namespace Gateway.Core.Configuration;

/// <summary>How spans travel.</summary>
public enum TraceProtocol
{
    HttpProtobuf,
    Grpc,
}

/// <summary>Where traces go and how many of them, by the names that OpenTelemetry has for it.</summary>
public sealed record TracingSettings
{
    /// <summary>The collector; null: nothing is traced.</summary>
    public Uri? Endpoint { get; init; }

    public TraceProtocol Protocol { get; init; }

    /// <summary>Headers for the collector, <c>name=value</c>, comma-separated. May hold a key.</summary>
    public string? Headers { get; init; }

    public string ServiceName { get; init; } = "gateway";

    /// <summary>One of OpenTelemetry's names of samplers.</summary>
    public string Sampler { get; init; } = "parentbased_always_on";

    /// <summary>The share of traces that are kept, for samplers by ratio; 0 to 1.</summary>
    public double Ratio { get; init; } = 1;
}
