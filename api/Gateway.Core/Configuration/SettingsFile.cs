namespace Gateway.Core.Configuration;

/// <summary>Gets a settings file from the disk, and not more of it than settings can be.</summary>
public static class SettingsFile
{
    /// <returns>The file's bytes, cut off where it is too big; or why there are none.</returns>
    public static (byte[]? Bytes, string? Reason) Read(string path)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            var bytes = new byte[(int)Math.Min(file.CanSeek && file.Length > 0 ? file.Length : YamlTree.MaxBytes, YamlTree.MaxBytes) + 1];
            var length = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            return (bytes[..length], null);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return (null, e switch
            {
                FileNotFoundException or DirectoryNotFoundException => "There is no such file.",
                UnauthorizedAccessException when Directory.Exists(path) => "It is a folder.",
                UnauthorizedAccessException => "The gateway may not read it.",
                _ => e.Message,
            });
        }
    }
}
