namespace Gateway.Telemetry;

/// <summary>One line a request: what, from whom, to where, how it ended, how long. Never a body, a prompt or a key.</summary>
internal sealed partial class RequestLog(ILogger<RequestLog> logger, TimeProvider clock)
{
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
            method,
            request.Endpoint?.Route ?? "-",
            status,
            request.Outcome,
            request.Error,
            request.Backend,
            Shorten(request.Model),
            request.KeyName,
            request.Attempts,
            elapsed.TotalMilliseconds,
            first,
            request.Usage.Known ? request.Usage.Input : null,
            request.Usage.Known ? request.Usage.Output : null,
            request.RequestId);
    }

    // A caller chooses this text: it must not break the line or fill the disk.
    private static string? Shorten(string? model)
    {
        if (model is null || (model.Length <= 128 && !model.AsSpan().ContainsAnyInRange('\0', '\u001f')))
        {
            return model;
        }

        var cut = model.Length <= 128 ? model : model[..128];
        return string.Create(cut.Length, cut, static (span, text) =>
        {
            for (var i = 0; i < span.Length; i++)
            {
                span[i] = char.IsControl(text[i]) ? '?' : text[i];
            }
        });
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "{Method} {Endpoint} {Status} {Outcome} error={Error} backend={Backend} model={Model} key={Key} attempts={Attempts} ms={Elapsed:0.0} first_ms={FirstToken:0.0} in={InputTokens} out={OutputTokens} id={RequestId}")]
        public static partial void Finished(
            ILogger logger, string method, string endpoint, int status, Outcome outcome, string? error, string? backend, string? model,
            string? key, int attempts, double elapsed, double? firstToken, long? inputTokens, long? outputTokens, string requestId);
    }
}
