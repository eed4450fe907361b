using System.Diagnostics;

namespace Gateway.ManagementTests;

/// <summary>What a command has done.</summary>
/// <param name="Output">What it wrote, errors included.</param>
internal sealed record ShellResult(int Code, string Output, string Standard)
{
    public ShellResult Succeeded() => Code == 0 ? this : throw new InvalidOperationException($"It ended with {Code}:\n{Output}");
}

/// <summary>Runs commands to their end.</summary>
internal static class Shell
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(5);

    public static Task<ShellResult> RunAsync(params string[] command) => RunAsync([], command);

    public static async Task<ShellResult> RunAsync(IReadOnlyList<(string Name, string Value)> environment, params string[] command)
    {
        var start = new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        using var process = new Process { StartInfo = start };
        process.Start();
        process.StandardInput.Close();
        using var deadline = new CancellationTokenSource(Deadline);
        var standard = process.StandardOutput.ReadToEndAsync(deadline.Token);
        var errors = process.StandardError.ReadToEndAsync(deadline.Token);
        try
        {
            await process.WaitForExitAsync(deadline.Token);
            return new ShellResult(process.ExitCode, await standard + await errors, (await standard).Trim());
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{string.Join(' ', command)} did not end.");
        }
    }
}
