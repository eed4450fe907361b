using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text.Json;

namespace Gateway.Management.Lifecycle;

/// <summary>
/// The records of all installed engines, each in a file that is always whole: a new one is written beside the old one, brought to
/// the disk and renamed over it. The folder is the gateway's alone, for keys and options may be secret.
/// </summary>
internal sealed class EngineJournal
{
    private readonly string _folder;
    private readonly ConcurrentDictionary<EngineKey, EngineRecord> _records = [];

    /// <summary>Opens the journal of a data folder and reads what is there.</summary>
    /// <param name="dataFolder">The gateway's data folder; it is made where it is missing.</param>
    /// <exception cref="IOException">The folder cannot be written to.</exception>
    public EngineJournal(string dataFolder)
    {
        _folder = Path.Combine(Path.GetFullPath(dataFolder), "engines");
        Directory.CreateDirectory(_folder);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(_folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        Owner = ReadOwner();
        foreach (var file in Directory.EnumerateFiles(_folder, "*.json", SearchOption.AllDirectories))
        {
            Load(file);
        }
    }

    /// <summary>Tells this gateway's containers from another's; it stays the same for the life of the data folder.</summary>
    public string Owner { get; }

    /// <summary>Files that are no records, with the reason.</summary>
    public IReadOnlyList<string> Faults => _faults;

    public IEnumerable<EngineRecord> All => _records.Values.OrderBy(record => record.Key.Name, StringComparer.Ordinal).ThenBy(record => record.Key.Node, StringComparer.Ordinal);

    private readonly List<string> _faults = [];

    public EngineRecord? Find(EngineKey key) => _records.GetValueOrDefault(key);

    /// <summary>Keeps a record; when this returns it is on the disk.</summary>
    public EngineRecord Write(EngineRecord record)
    {
        var file = FileOf(record.Key);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        Replace(file, JsonSerializer.SerializeToUtf8Bytes(record, LifecycleJson.Default.EngineRecord));
        _records[record.Key] = record;
        return record;
    }

    public void Remove(EngineKey key)
    {
        File.Delete(FileOf(key));
        _records.TryRemove(key, out _);
    }

    private static void Replace(string file, byte[] bytes)
    {
        var next = file + ".new";
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, Share = FileShare.None };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using (var stream = new FileStream(next, options))
        {
            stream.Write(bytes);
            stream.Flush(flushToDisk: true);
        }

        File.Move(next, file, overwrite: true);
    }

    private string FileOf(EngineKey key) => Path.Combine(_folder, key.Node, key.Name + ".json");

    private void Load(string file)
    {
        try
        {
            var record = JsonSerializer.Deserialize(File.ReadAllBytes(file), LifecycleJson.Default.EngineRecord);
            if (record is null || FileOf(record.Key) != file)
            {
                throw new JsonException("It is the record of another engine.");
            }

            _records[record.Key] = record;
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            _faults.Add($"{file} is no record of an engine and is left alone: {e.Message}");
        }
    }

    private string ReadOwner()
    {
        var file = Path.Combine(_folder, "owner");
        if (File.Exists(file) && File.ReadAllText(file).Trim() is { Length: > 0 } known)
        {
            return known;
        }

        var owner = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(6));
        Replace(file, System.Text.Encoding.ASCII.GetBytes(owner));
        return owner;
    }
}
