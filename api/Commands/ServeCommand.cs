using Gateway.Hosting;

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
            await errors.WriteLineAsync($"gateway: there is no command '{args[0]}'. Without one it serves; settings come from the environment and from .env.");
            return WrongUsage;
        }

        try
        {
            var app = await GatewayApp.BuildAsync(EnvironmentSource.Read(Environment.CurrentDirectory), logging: null, CancellationToken.None);
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
        catch (IOException e)
        {
            await errors.WriteLineAsync($"gateway: {e.Message} Choose another GATEWAY_PORT, or stop what uses it.");
            return CannotListen;
        }
    }
}
