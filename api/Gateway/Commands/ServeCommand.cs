using System.Net.Sockets;
using System.Runtime.InteropServices;
using Gateway.Hosting;
using Gateway.Reload;

namespace Gateway.Commands;

/// <summary>Without a command the program is the gateway itself.</summary>
internal static class ServeCommand
{
    private const int WrongUsage = 64;
    private const int CannotListen = 69;

    public static async Task<int> RunAsync(string[] args, TextWriter errors)
    {
        if (args.Length > 0)
        {
            await errors.WriteLineAsync($"gateway: unknown command '{args[0]}'. Without a command the gateway serves; settings come from the environment and from .env.");
            return WrongUsage;
        }

        try
        {
            var folder = Environment.CurrentDirectory;
            var origin = new SettingsOrigin(() => EnvironmentSource.AtReload(folder), Path.Combine(folder, EnvironmentSource.FileName));
            await using var app = await GatewayApp.BuildAsync(EnvironmentSource.AtStart(folder), origin, logging: null, CancellationToken.None);
            using var hangup = OnHangup(app.Services.GetRequiredService<SettingsWatcher>(), app.Lifetime.ApplicationStopping);
            await app.RunAsync();
            return 0;
        }
        catch (StartupException e)
        {
            foreach (var fault in e.Faults)
            {
                await errors.WriteLineAsync(fault);
            }

            return StartupException.ExitCode;
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            await errors.WriteLineAsync($"gateway: {e.Message} Choose another GATEWAY_PORT or GATEWAY_HOST, or stop the program that uses it.");
            return CannotListen;
        }
    }

    // A terminal that closes sends it too, and then means the end.
    private static PosixSignalRegistration? OnHangup(SettingsWatcher settings, CancellationToken stopping) => System.Console.IsInputRedirected
        ? PosixSignalRegistration.Create(PosixSignal.SIGHUP, signal =>
        {
            signal.Cancel = true;
            _ = settings.ReloadAsync("SIGHUP", stopping);
        })
        : null;
}
