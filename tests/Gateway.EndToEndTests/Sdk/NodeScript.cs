using System.Diagnostics;
using System.Text.Json;

namespace Gateway.EndToEndTests.Sdk;

/// <summary>What a script said of one case.</summary>
internal sealed record NodeResult(string Name, bool Ok, string Message);

/// <summary>Runs <c>tests/js/run.mjs</c> with one job.</summary>
internal static class NodeScript
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(3);

    /// <exception cref="InvalidOperationException">The script broke, which is no case that failed.</exception>
    public static async Task<IReadOnlyDictionary<string, NodeResult>> RunAsync(object job)
    {
        var start = new ProcessStartInfo("node", "run.mjs")
        {
            WorkingDirectory = NodeTheoryAttribute.Folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        using var deadline = new CancellationTokenSource(Deadline);
        var errors = process.StandardError.ReadToEndAsync(deadline.Token);
        await process.StandardInput.WriteAsync(JsonSerializer.Serialize(job, Json));
        process.StandardInput.Close();
        try
        {
            var results = (await process.StandardOutput.ReadToEndAsync(deadline.Token))
                .Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(line => JsonSerializer.Deserialize<NodeResult>(line, Json)!)
                .ToDictionary(result => result.Name);
            await process.WaitForExitAsync(deadline.Token);
            return process.ExitCode == 0 ? results : throw new InvalidOperationException($"node ended with {process.ExitCode}: {await errors}");
        }
        finally
        {
            process.Kill(entireProcessTree: true);
        }
    }
}
