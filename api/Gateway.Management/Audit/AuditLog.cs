using System.Text;
using System.Text.Json;
using Gateway.Core.Configuration;
using Gateway.Management.Jobs;

namespace Gateway.Management.Audit;

/// <summary>
/// Who changed what, when, from what to what, and how it ended: a JSON object a line in a file that is put aside when it is full, so
/// that there are at most two.
/// </summary>
/// <param name="path">The file.</param>
/// <param name="clock">Gives the time.</param>
/// <param name="logger">Told when the file cannot be written.</param>
/// <param name="limit">Bytes of one file.</param>
public sealed partial class AuditLog(string path, TimeProvider clock, ILogger<AuditLog> logger, long limit = 5 * 1024 * 1024)
{
    private readonly Lock _lock = new();

    public void Began(JobRecord job) => Write(Of(job, AuditEntry.Started));

    public void Ended(JobRecord job) => Write(Of(job, job.Cancelled ? AuditEntry.Cancelled : job.Error is null ? AuditEntry.Done : AuditEntry.Failed) with
    {
        After = job.Nodes.ToDictionary(node => node.Node, node => node.After),
        Reason = job.Error,
    });

    /// <summary>Something that was not allowed.</summary>
    public void Refused(string who, string what, string backend, string reason) =>
        Write(new AuditEntry { Time = clock.GetUtcNow(), Who = who, What = what, Backend = backend, Outcome = AuditEntry.Refused, Reason = reason });

    /// <summary>The last lines, the newest first.</summary>
    public IReadOnlyList<AuditEntry> Read(int most)
    {
        var entries = new List<AuditEntry>();
        foreach (var file in (string[])[path, Older])
        {
            foreach (var line in Lines(file).Reverse())
            {
                if (entries.Count == most)
                {
                    return entries;
                }

                if (Parse(line) is { } entry)
                {
                    entries.Add(entry);
                }
            }
        }

        return entries;
    }

    private string Older => path + ".1";

    private AuditEntry Of(JobRecord job, string outcome) => new()
    {
        Time = clock.GetUtcNow(),
        Who = job.Who,
        What = job.Action == JobAction.RollBack ? "rollback" : job.Action.ToString().ToLowerInvariant(),
        Backend = job.Engine,
        Nodes = [.. job.Nodes.Select(node => node.Node)],
        Job = job.Id,
        Before = job.Nodes.ToDictionary(node => node.Node, node => node.Before),
        Outcome = outcome,
    };

    private void Write(AuditEntry entry)
    {
        var line = Encoding.UTF8.GetBytes(JsonSerializer.Serialize(entry, AuditJson.Default.AuditEntry) + "\n");
        try
        {
            lock (_lock)
            {
                if (new FileInfo(path) is { Exists: true } full && full.Length + line.Length > limit)
                {
                    File.Move(path, Older, overwrite: true);
                }

                AtomicFile.Append(path, line);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Whoever keeps logs still gets it.
            Log.NotWritten(logger, e.Message, Encoding.UTF8.GetString(line).TrimEnd());
        }
    }

    private string[] Lines(string file)
    {
        try
        {
            lock (_lock)
            {
                return File.ReadAllLines(file);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    // The last line may have been cut by the end of the process.
    private static AuditEntry? Parse(string line)
    {
        try
        {
            return JsonSerializer.Deserialize(line, AuditJson.Default.AuditEntry);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "The audit log cannot be written ({Reason}): {Line}")]
        public static partial void NotWritten(ILogger logger, string reason, string line);
    }
}
