using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Gateway.Commands.Launch;

/// <summary>The client in the caller's terminal, in place of this program.</summary>
internal static class ClientProcess
{
    /// <summary>Its exit code; null: there is no such program.</summary>
    public static async Task<int?> RunAsync(string name, LaunchSetup setup, IReadOnlyList<string> arguments)
    {
        var start = new ProcessStartInfo(name) { UseShellExecute = false };
        foreach (var (variable, value) in setup.Variables)
        {
            start.Environment[variable] = value;
        }

        foreach (var variable in setup.Unset)
        {
            start.Environment.Remove(variable);
        }

        foreach (var argument in setup.Arguments.Concat(arguments))
        {
            start.ArgumentList.Add(argument);
        }

        // The terminal sends them to the client as well, which decides what they mean.
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, static signal => signal.Cancel = true);
        using var quit = PosixSignalRegistration.Create(PosixSignal.SIGQUIT, static signal => signal.Cancel = true);
        try
        {
            using var process = Process.Start(start)!;
            using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal =>
            {
                signal.Cancel = true;
                process.Kill(entireProcessTree: true);
            });
            await process.WaitForExitAsync();
            return process.ExitCode;
        }
        catch (Win32Exception)
        {
            return null;
        }
    }
}
