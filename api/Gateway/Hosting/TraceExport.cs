using Gateway.Core.Configuration;
using Gateway.Proxy.Telemetry;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Gateway.Hosting;

/// <summary>Sends spans to a collector by OTLP, in batches and in the background.</summary>
internal sealed class TraceExport : IDisposable
{
    private readonly TracerProvider? _provider;

    public TraceExport(GatewaySettings settings)
    {
        var tracing = settings.Tracing;
        if (tracing.Endpoint is null)
        {
            Tracing = Tracing.Off;
            return;
        }

        Tracing = Tracing.On();
        _provider = Sdk.CreateTracerProviderBuilder()
            .SetResourceBuilder(ResourceBuilder.CreateEmpty().AddService(tracing.ServiceName, serviceVersion: Gateway.Proxy.Health.Lifecycle.Version))
            .AddSource(Tracing.SourceName)
            .SetSampler(SamplerOf(tracing))
            .AddOtlpExporter(options =>
            {
                options.Protocol = tracing.Protocol == TraceProtocol.Grpc ? OtlpExportProtocol.Grpc : OtlpExportProtocol.HttpProtobuf;
                options.Endpoint = tracing.Protocol == TraceProtocol.Grpc ? tracing.Endpoint : new Uri(tracing.Endpoint.ToString().TrimEnd('/') + "/v1/traces");
                options.Headers = tracing.Headers ?? "";
            })
            .Build();
    }

    /// <summary>Begins spans; off without a collector.</summary>
    public Tracing Tracing { get; }

    public void Dispose()
    {
        _provider?.Dispose();
        if (Tracing != Tracing.Off)
        {
            Tracing.Dispose();
        }
    }

    private static Sampler SamplerOf(TracingSettings tracing)
    {
        var name = tracing.Sampler;
        Sampler root = name.EndsWith("always_off", StringComparison.Ordinal) ? new AlwaysOffSampler()
            : name.EndsWith("traceidratio", StringComparison.Ordinal) ? new TraceIdRatioBasedSampler(tracing.Ratio)
            : new AlwaysOnSampler();
        return name.StartsWith("parentbased_", StringComparison.Ordinal) ? new ParentBasedSampler(root) : root;
    }
}
