using System.Buffers;
using System.Globalization;
using Gateway.Core.Configuration;
using Gateway.Proxy.Pipeline;

namespace Gateway.Proxy.Telemetry;

/// <summary>One line a request: what, from whom, to where, how it ended, how long. Never a body, a prompt or a key.</summary>
public sealed partial class RequestLog(ILogger<RequestLog> logger, TimeProvider clock, GatewaySettings? settings = null)
{
    // Every kind of space parts one field from the next.
    private static readonly SearchValues<char> Fields =
        SearchValues.Create([.. Enumerable.Range(0, char.MaxValue + 1).Select(static c => (char)c).Where(static c => c is '=' or '"' || char.IsWhiteSpace(c))]);

    private readonly bool _quotes = settings?.LogFormat != LogFormat.Json;

    public void Write(GatewayFeature request, string method, int status)
    {
        if (!logger.IsEnabled(LogLevel.Information))
        {
            return;
        }

        var elapsed = clock.GetElapsedTime(request.StartedAt);
        double? first = request.FirstTokenAt == 0 ? null : clock.GetElapsedTime(request.StartedAt, request.FirstTokenAt).TotalMilliseconds;
        Log.Finished(
            logger,
            Plain(method, 16)!,
            request.Endpoint?.Route ?? "-",
            status,
            request.Outcome,
            Field(request.Error),
            request.Backend,
            Field(request.Model),
            request.KeyName,
            request.Attempts,
            elapsed.TotalMilliseconds,
            first,
            request.Usage.Known ? request.Usage.Input : null,
            request.Usage.Counted ? request.Usage.Output : null,
            request.RequestId);
    }

    // In a line for people a value with a space in it could pass for further fields.
    private string? Field(string? text)
    {
        var plain = Plain(text, 128);
        return _quotes && plain is not null && plain.AsSpan().ContainsAny(Fields) ? $"\"{plain.Replace('"', '\'')}\"" : plain;
    }

    // A caller or an engine chooses these texts: they must not break the line, steer a terminal or fill the disk.
    private static string? Plain(string? text, int most)
    {
        if (text is null || (text.Length <= most && (!text.AsSpan().ContainsAnyExceptInRange(' ', '~') || !text.Any(BreaksLine))))
        {
            return text;
        }

        return string.Create(Math.Min(text.Length, most), text, static (span, text) =>
        {
            for (var i = 0; i < span.Length; i++)
            {
                span[i] = BreaksLine(text[i]) ? '?' : text[i];
            }
        });
    }

    // Controls of both kinds, the two separators that some viewers take for the end of a line, and what turns the reading direction.
    private static bool BreaksLine(char c) =>
        char.GetUnicodeCategory(c) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "{Method} {Endpoint} {Status} {Outcome} error={Error} backend={Backend} model={Model} key={Key} attempts={Attempts} ms={Elapsed:0.0} first_ms={FirstToken:0.0} in={InputTokens} out={OutputTokens} id={RequestId}")]
        public static partial void Finished(
            ILogger logger, string method, string endpoint, int status, Outcome outcome, string? error, string? backend, string? model,
            string? key, int attempts, double elapsed, double? firstToken, long? inputTokens, long? outputTokens, string requestId);
    }
}
