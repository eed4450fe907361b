namespace Gateway.Core.Configuration;

/// <summary>
/// Writes the files that the gateway keeps for itself: only its own user can read them, and each is whole at every moment, also when the
/// process or the machine stops in the middle.
/// </summary>
public static class AtomicFile
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Replaces a file. When this returns, the new content is on the disk.</summary>
    /// <exception cref="IOException">The folder cannot be written to.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder belongs to another user.</exception>
    public static void Write(string path, ReadOnlySpan<byte> bytes)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        var next = path + ".new";
        // One that an interrupted write has left may have another mode.
        File.Delete(next);
        using (var file = Open(next, FileMode.CreateNew))
        {
            file.Write(bytes);
            file.Flush(flushToDisk: true);
        }

        File.Move(next, path, overwrite: true);
    }

    /// <summary>Adds to the end of a file. When this returns, it is on the disk.</summary>
    /// <exception cref="IOException">The folder cannot be written to.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder belongs to another user.</exception>
    public static void Append(string path, ReadOnlySpan<byte> bytes)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        using var file = Open(path, FileMode.Append);
        if (!OperatingSystem.IsWindows() && File.GetUnixFileMode(file.SafeFileHandle) != Private)
        {
            // Earlier versions left it readable for everyone.
            File.SetUnixFileMode(file.SafeFileHandle, Private);
        }

        file.Write(bytes);
        file.Flush(flushToDisk: true);
    }

    /// <summary>Takes a file that cannot be used out of the way, for a person to see. Does nothing where that is not possible.</summary>
    /// <returns>Where it is now.</returns>
    public static string PutAside(string path, string suffix)
    {
        try
        {
            File.Move(path, path + suffix, overwrite: true);
            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(path + suffix, Private);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return path;
        }

        return path + suffix;
    }

    private static FileStream Open(string path, FileMode mode)
    {
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.Write, Share = FileShare.Read };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = Private;
        }

        return new FileStream(path, options);
    }
}
