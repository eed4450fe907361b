using System.Security.Cryptography;
using Gateway.Core.Configuration;

namespace Gateway.Reload;

/// <summary>
/// The files that settings come from, told apart by what is in them: a time or a size says nothing where a file is replaced
/// by a rename, or a link is turned to another folder, as Kubernetes does with its volumes.
/// </summary>
internal sealed record SettingsFiles(string? Config, string? Env)
{
    /// <summary>The files of these variables.</summary>
    public static SettingsFiles Of(IReadOnlyDictionary<string, string> variables, string? envFile) =>
        new(variables.TryGetValue("GATEWAY_CONFIG", out var file) && file.Trim() is { Length: > 0 } path ? Path.GetFullPath(path) : null, envFile);

    public IEnumerable<string> All => new[] { Config, Env }.OfType<string>();

    /// <summary>The folders in which a change of them shows.</summary>
    public IEnumerable<string> Folders => All.Select(file => Path.GetDirectoryName(file)!).Distinct();

    /// <summary>Their names and what is in them as one text; equal texts mean equal files.</summary>
    public string Mark() => string.Join('\n', All.Select(file => $"{file} {MarkOf(file)}"));

    // A file that cannot be read has that reason for its content.
    private static string MarkOf(string file)
    {
        var (bytes, reason) = SettingsFile.Read(file);
        return bytes is null ? reason! : Convert.ToHexString(SHA256.HashData(bytes));
    }
}
