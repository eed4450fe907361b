using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text.Json;
using Gateway.Core.Configuration;

namespace Gateway.Management.Lifecycle;

/// <summary>
/// The records of all installed engines, each in a file that is always whole. The folder is the gateway's alone, and secrets among
/// the options are encrypted in it.
/// </summary>
internal sealed class EngineJournal
{
    private readonly string _folder;
    private readonly SecretSeal _seal;
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
        _seal = new SecretSeal(Path.Combine(_folder, "seal.key"));
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
        var kept = EngineSecrets.Map(record, (_, secret) => _seal.Close(secret));
        AtomicFile.Write(FileOf(record.Key), JsonSerializer.SerializeToUtf8Bytes(kept, LifecycleJson.Default.EngineRecord));
        _records[record.Key] = record;
        return record;
    }

    public void Remove(EngineKey key)
    {
        File.Delete(FileOf(key));
        _records.TryRemove(key, out _);
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

            var clear = false;
            record = EngineSecrets.Map(record, (name, text) =>
            {
                clear |= !SecretSeal.IsSealed(text);
                return SecretSeal.IsSealed(text) ? Opened(record.Key, name, text) : text;
            });
            _records[record.Key] = record;
            if (clear)
            {
                // Earlier versions wrote secrets as they are.
                Write(record);
            }
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            _faults.Add($"{file} is no record of an engine and is left alone: {e.Message}");
        }
    }

    private string? Opened(EngineKey key, string name, string text)
    {
        var secret = _seal.Open(text);
        if (secret is null)
        {
            _faults.Add($"{name} of {key.Name} on {key.Node} cannot be read, because {Path.Combine(_folder, "seal.key")} is another one than it was written with: upgrade the engine with that option to set it again.");
        }

        return secret;
    }

    private string ReadOwner()
    {
        var file = Path.Combine(_folder, "owner");
        if (File.Exists(file) && File.ReadAllText(file).Trim() is { Length: > 0 } known)
        {
            return known;
        }

        var owner = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(6));
        AtomicFile.Write(file, System.Text.Encoding.ASCII.GetBytes(owner));
        return owner;
    }
}
