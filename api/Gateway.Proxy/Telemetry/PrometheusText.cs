using System.Buffers;
using System.Globalization;
using System.Text;

namespace Gateway.Proxy.Telemetry;

/// <summary>Writes a metric in Prometheus's text format, or in OpenMetrics', straight into the buffer.</summary>
internal static class PrometheusText
{
    public static void Write(IBufferWriter<byte> output, PrometheusFamily family, bool openMetrics)
    {
        var headed = false;
        foreach (var (_, series) in family.Series)
        {
            if (!family.Shows(series))
            {
                continue;
            }

            if (!headed)
            {
                WriteHead(output, family, openMetrics);
                headed = true;
            }

            if (family.Boundaries is { } boundaries)
            {
                WriteHistogram(output, family, series, boundaries, openMetrics);
            }
            else
            {
                WriteLine(output, family.Name, ""u8, series.Labels, series.Value);
            }
        }
    }

    private static void WriteHead(IBufferWriter<byte> output, PrometheusFamily family, bool openMetrics)
    {
        var name = openMetrics ? Encoding.UTF8.GetBytes(family.BaseName) : family.Name;
        output.Write("# HELP "u8);
        output.Write(name);
        output.Write(" "u8);
        output.Write(family.Help);
        output.Write("\n# TYPE "u8);
        output.Write(name);
        output.Write(family.Kind switch
        {
            PrometheusKind.Counter => " counter\n"u8,
            PrometheusKind.Histogram => " histogram\n"u8,
            PrometheusKind.Gauge => " gauge\n"u8,
            _ => throw new InvalidOperationException($"{family.Kind} has no name."),
        });
    }

    private static void WriteHistogram(IBufferWriter<byte> output, PrometheusFamily family, PrometheusSeries series, double[] boundaries, bool openMetrics)
    {
        long total = 0;
        for (var i = 0; i <= boundaries.Length; i++)
        {
            // Requests go on while this is written: the count below is the sum of what is shown here.
            total += Volatile.Read(in series.Counts[i]);
            output.Write(family.Name);
            output.Write("_bucket{"u8);
            output.Write(series.Labels);
            output.Write(series.Labels.IsEmpty ? "le=\""u8 : ",le=\""u8);
            WriteBoundary(output, i < boundaries.Length ? boundaries[i] : double.PositiveInfinity);
            output.Write("\"} "u8);
            WriteNumber(output, total);
            if (openMetrics && series.ExemplarOf(i) is { } exemplar)
            {
                WriteExemplar(output, exemplar);
            }

            output.Write("\n"u8);
        }

        WriteLine(output, family.Name, "_sum"u8, series.Labels, series.Value);
        WriteLine(output, family.Name, "_count"u8, series.Labels, total);
    }

    private static void WriteLine(IBufferWriter<byte> output, ReadOnlySpan<byte> name, ReadOnlySpan<byte> suffix, ReadOnlySpan<byte> labels, double value)
    {
        output.Write(name);
        output.Write(suffix);
        if (!labels.IsEmpty)
        {
            output.Write("{"u8);
            output.Write(labels);
            output.Write("}"u8);
        }

        output.Write(" "u8);
        WriteNumber(output, value);
        output.Write("\n"u8);
    }

    private static void WriteExemplar(IBufferWriter<byte> output, Exemplar exemplar)
    {
        output.Write(" # {trace_id=\""u8);
        Encoding.UTF8.GetBytes(exemplar.TraceId, output);
        output.Write("\"} "u8);
        WriteNumber(output, exemplar.Value);
        output.Write(" "u8);
        WriteNumber(output, exemplar.UnixSeconds);
    }

    // OpenMetrics wants "1.0" where the older text would do with "1": one spelling keeps the series the same in both.
    private static void WriteBoundary(IBufferWriter<byte> output, double boundary)
    {
        if (double.IsPositiveInfinity(boundary))
        {
            output.Write("+Inf"u8);
            return;
        }

        var span = output.GetSpan(32);
        var format = boundary == Math.Floor(boundary) ? "0.0" : "0.######";
        _ = boundary.TryFormat(span, out var written, format, CultureInfo.InvariantCulture);
        output.Advance(written);
    }

    private static void WriteNumber(IBufferWriter<byte> output, double value)
    {
        if (double.IsNaN(value) || double.IsInfinity(value))
        {
            output.Write(double.IsNaN(value) ? "NaN"u8 : value > 0 ? "+Inf"u8 : "-Inf"u8);
            return;
        }

        var span = output.GetSpan(32);
        _ = value.TryFormat(span, out var written, default, CultureInfo.InvariantCulture);
        output.Advance(written);
    }
}
