using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Gateway.Core.Configuration;
using Gateway.Core.Errors;
using Gateway.Proxy.Telemetry;

namespace Gateway.Proxy.Limits;

/// <summary>Keeps the tokens of the month in a small file, written every few seconds when they change, and at the end.</summary>
/// <remarks>After a crash the last seconds are missing.</remarks>
public sealed partial class MonthFile(KeyLimiter limiter, GatewaySettings settings, TimeProvider clock, ILogger<MonthFile> logger, Defects? defects = null)
    : SteadyService("month_file", defects, clock)
{
    private const string Name = "key-usage.json";
    private const string Format = "yyyy-MM";
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private readonly string _path = Path.GetFullPath(Path.Combine(settings.Management.DataDirectory, Name));
    private string _written = "";
    private bool _failed;

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        Load();
        return base.StartAsync(cancellationToken);
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        Save();
    }

    protected override async Task RunAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            await Task.Delay(Interval, Clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            Save();
        }
    }

    private void Load()
    {
        try
        {
            if (!File.Exists(_path))
            {
                return;
            }

            var kept = JsonSerializer.Deserialize(File.ReadAllBytes(_path), GatewayJson.Default.JsonElement);
            var month = DateTimeOffset.ParseExact(kept.GetProperty("month").GetString()!, Format, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
            foreach (var key in kept.GetProperty("tokens").EnumerateObject())
            {
                limiter.Restore(key.Name, KeyLimiter.MonthOf(month), key.Value.GetInt64());
            }
        }
#pragma warning disable CA1031 // The file may contain anything, and must not stop the start.
        catch (Exception e)
#pragma warning restore CA1031
        {
            // It is kept for the operator instead of being overwritten.
            Log.Unreadable(logger, _path, e.Message);
            AtomicFile.PutAside(_path, ".unreadable");
        }
    }

    private void Save()
    {
        var used = limiter.Uses.Keys.Order(StringComparer.Ordinal).Select(key => KeyValuePair.Create(key, limiter.UsedThisMonth(key))).Where(pair => pair.Value > 0).ToDictionary();
        var text = Text(used);
        if (text == _written || (used.Count == 0 && _written.Length == 0))
        {
            return;
        }

        try
        {
            AtomicFile.Write(_path, Encoding.UTF8.GetBytes(text));
            (_written, _failed) = (text, false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            if (!_failed)
            {
                Log.NotWritten(logger, _path, e.Message);
            }

            _failed = true;
        }
    }

    private string Text(Dictionary<string, long> used)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, GatewayJson.WriterOptions))
        {
            json.WriteStartObject();
            json.WriteString("month"u8, Clock.GetUtcNow().UtcDateTime.ToString(Format, CultureInfo.InvariantCulture));
            json.WriteStartObject("tokens"u8);
            foreach (var (key, tokens) in used)
            {
                json.WriteNumber(key, tokens);
            }

            json.WriteEndObject();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "{File} cannot be read, so this month's tokens start at 0 again. {Reason}")]
        public static partial void Unreadable(ILogger logger, string file, string reason);

        [LoggerMessage(2, LogLevel.Error, "{File} cannot be written: monthly_tokens would start at 0 after a restart. Set GATEWAY_DATA_DIR to a folder that the gateway can write to. {Reason}")]
        public static partial void NotWritten(ILogger logger, string file, string reason);
    }
}
