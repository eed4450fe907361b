using Xunit;

namespace Gateway.EndToEndTests.Observability;

/// <summary>A test that needs Prometheus: skipped with the reason where there is none, but never on CI.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PrometheusFactAttribute : FactAttribute
{
    public PrometheusFactAttribute() =>
        Skip = Environment.GetEnvironmentVariable("CI") == "true" || File.Exists(Prometheus.Tool) ? null : "Prometheus is not there. Run scripts/setup-prometheus.sh; it says what it lacks.";
}
