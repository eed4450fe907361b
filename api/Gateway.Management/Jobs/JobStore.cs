using System.Text.Json;
using System.Text.Json.Serialization;
using Gateway.Core.Configuration;

namespace Gateway.Management.Jobs;

/// <summary>What is written of jobs.</summary>
[JsonSourceGenerationOptions(RespectNullableAnnotations = true, UseStringEnumConverter = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, IgnoreReadOnlyProperties = true)]
[JsonSerializable(typeof(List<JobRecord>))]
internal sealed partial class JobJson : JsonSerializerContext;

/// <summary>Keeps jobs in a file that is whole at every moment.</summary>
/// <param name="path">The file.</param>
public sealed class JobStore(string path)
{
    /// <exception cref="IOException">The folder cannot be written to.</exception>
    /// <exception cref="UnauthorizedAccessException">Neither is it ours.</exception>
    public void Save(IReadOnlyList<JobRecord> jobs) =>
        AtomicFile.Write(path, JsonSerializer.SerializeToUtf8Bytes([.. jobs], JobJson.Default.ListJobRecord));

    /// <summary>What was kept.</summary>
    /// <returns>The jobs, and why there are none where the file is no such file. That one is put aside, not overwritten.</returns>
    public (IReadOnlyList<JobRecord> Jobs, string? Fault) Load()
    {
        try
        {
            using var file = File.OpenRead(path);
            var jobs = JsonSerializer.Deserialize(file, JobJson.Default.ListJobRecord) ?? [];
            return jobs.TrueForAll(IsWhole) ? (jobs, null) : throw new JsonException("It has a job that is null.");
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return ([], null);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return ([], $"{path} cannot be read ({e.Message}), and what it tells of earlier jobs is not known.");
        }
        catch (JsonException e)
        {
            return ([], $"{path} is damaged ({e.Message}). It is now {AtomicFile.PutAside(path, ".bad")}.");
        }
    }

    private static bool IsWhole(JobRecord? job) => job is not null && job.Nodes.All(node => node is not null);
}
