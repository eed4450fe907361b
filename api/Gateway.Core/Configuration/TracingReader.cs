using System.Globalization;

namespace Gateway.Core.Configuration;

/// <summary>Reads where traces go. The names are OpenTelemetry's own.</summary>
internal static class TracingReader
{
    public static TracingSettings Read(VariableReader variables) => new()
    {
        Endpoint = variables.Optional("OTEL_EXPORTER_OTLP_ENDPOINT", SettingParsers.Url),
        Protocol = variables.Choice("OTEL_EXPORTER_OTLP_PROTOCOL", ["http/protobuf", "grpc"]) == "grpc" ? TraceProtocol.Grpc : TraceProtocol.HttpProtobuf,
        Headers = variables.Optional("OTEL_EXPORTER_OTLP_HEADERS", Headers),
        ServiceName = variables.Required("OTEL_SERVICE_NAME", Name),
        Sampler = variables.Choice("OTEL_TRACES_SAMPLER", ["always_on", "always_off", "traceidratio", "parentbased_always_on", "parentbased_always_off", "parentbased_traceidratio"]),
        Ratio = variables.Optional("OTEL_TRACES_SAMPLER_ARG", Ratio) is { } ratio ? double.Parse(ratio, CultureInfo.InvariantCulture) : 1,
    };

    private static string? Headers(string value) =>
        value.Length <= 4096 && value.Split(',').All(pair => pair.IndexOf('=', StringComparison.Ordinal) > 0) && value.All(static c => c is >= ' ' and <= '~') ? value : null;

    private static string? Name(string value) => value.Length <= 128 && !value.Any(char.IsControl) ? value : null;

    private static string? Ratio(string value) =>
        double.TryParse(value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var ratio) && ratio is >= 0 and <= 1 ? value : null;
}
