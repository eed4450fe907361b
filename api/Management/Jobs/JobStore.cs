using System.Text.Json;
using System.Text.Json.Serialization;

namespace Gateway.Management.Jobs;

/// <summary>What is written of jobs.</summary>
[JsonSourceGenerationOptions(UseStringEnumConverter = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, IgnoreReadOnlyProperties = true)]
[JsonSerializable(typeof(List<JobRecord>))]
internal sealed partial class JobJson : JsonSerializerContext;

/// <summary>Keeps jobs in a file that is whole at every moment: it is written beside and then put in its place.</summary>
/// <param name="path">The file.</param>
internal sealed class JobStore(string path)
{
    /// <exception cref="IOException">The folder cannot be written to.</exception>
    /// <exception cref="UnauthorizedAccessException">Neither is it ours.</exception>
    public void Save(IReadOnlyList<JobRecord> jobs)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        var beside = path + ".new";
        using (var file = new FileStream(beside, FileMode.Create, FileAccess.Write, FileShare.None))
        {
            JsonSerializer.Serialize(file, [.. jobs], JobJson.Default.ListJobRecord);
            file.Flush(flushToDisk: true);
        }

        File.Move(beside, path, overwrite: true);
    }

    /// <summary>What was kept.</summary>
    /// <returns>The jobs, and why there are none where the file is no such file. That one is put aside, not overwritten.</returns>
    public (IReadOnlyList<JobRecord> Jobs, string? Fault) Load()
    {
        try
        {
            using var file = File.OpenRead(path);
            return (JsonSerializer.Deserialize(file, JobJson.Default.ListJobRecord) ?? [], null);
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
            File.Move(path, path + ".bad", overwrite: true);
            return ([], $"{path} is damaged ({e.Message}) and was put aside as {path}.bad.");
        }
    }
}
