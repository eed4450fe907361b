using System.Globalization;
using System.Runtime.InteropServices;
using Gateway.Engines;
using Gateway.Fakes;

// FakeEngine --dialect <engine> [--control-port <port>] -- <the engine's own command line>
string? dialect = null;
int? controlPort = null;
var rest = args.AsSpan();
while (rest is [var option, ..] && option != "--")
{
    switch (option, rest.Length > 1 ? rest[1] : null)
    {
        case ("--dialect", { } value) when EngineCatalog.Find(value) is not null:
            dialect = value;
            break;
        case ("--control-port", { } value) when ushort.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var port):
            controlPort = port;
            break;
        default:
            await Console.Error.WriteLineAsync($"FakeEngine does not understand: {string.Join(' ', rest)}");
            return 2;
    }

    rest = rest[2..];
}

if (dialect is null)
{
    await Console.Error.WriteLineAsync($"Which engine? --dialect {string.Join('|', EngineCatalog.All.Select(profile => profile.Id))}");
    return 2;
}

var (options, fault) = EngineCommandLine.Read(dialect, rest is ["--", ..] ? rest[1..].ToArray() : [], Environment.GetEnvironmentVariable);
if (options is null)
{
    await Console.Error.WriteLineAsync(fault);
    return 2;
}

await using var engine = await FakeEngine.StartAsync(options with { ControlPort = controlPort });
Console.WriteLine($"{dialect} listens on {engine.BaseUrl}");
var stop = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
using var term = PosixSignalRegistration.Create(PosixSignal.SIGTERM, End);
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, End);
await stop.Task;
return 0;

void End(PosixSignalContext signal)
{
    signal.Cancel = true;
    stop.TrySetResult();
}
