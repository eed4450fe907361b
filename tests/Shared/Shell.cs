using System.Diagnostics;

namespace Gateway.Testing;

/// <summary>Runs commands to their end.</summary>
internal static class Shell
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(8);

    public static Task<ShellResult> RunAsync(params string[] command) => RunAsync([], command);

    public static Task<ShellResult> RunAsync(IReadOnlyList<(string Name, string Value)> environment, params string[] command) =>
        RunAsync("", environment.ToDictionary(pair => pair.Name, pair => pair.Value), command);

    /// <exception cref="TimeoutException">It did not end.</exception>
    public static Task<ShellResult> RunAsync(string folder, IReadOnlyDictionary<string, string> environment, params string[] command)
    {
        var start = new ProcessStartInfo(command[0], command[1..]) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        return RunAsync(start);
    }

    private static async Task<ShellResult> RunAsync(ProcessStartInfo start)
    {
        var output = new List<string>();
        var standard = new List<string>();
        using var process = new Process { StartInfo = start };
        process.OutputDataReceived += (_, line) => Add(line.Data, output, standard);
        process.ErrorDataReceived += (_, line) => Add(line.Data, output);
        process.Start();
        process.StandardInput.Close();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        using var deadline = new CancellationTokenSource(Deadline);
        try
        {
            await process.WaitForExitAsync(deadline.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{start.FileName} {string.Join(' ', start.ArgumentList)} did not end. It wrote:\n{string.Join('\n', output)}");
        }

        return new ShellResult(process.ExitCode, string.Join('\n', output), string.Join('\n', standard).Trim());
    }

    private static void Add(string? line, params List<string>[] texts)
    {
        foreach (var text in line is null ? [] : texts)
        {
            lock (texts[0])
            {
                text.Add(line!);
            }
        }
    }
}
