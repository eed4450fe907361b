namespace Gateway.Management.Proxy;

/// <summary>
/// Judges what a container mounts: the engines' own volumes, and their own folders exactly. Nothing below these, for an engine may write there, and a
/// link that it leaves would be followed by the Docker Engine, as root, to anywhere on the host.
/// </summary>
/// <param name="folder">The folder of the host that holds the engines' folders; null: only volumes.</param>
internal sealed class MountGuard(string? folder)
{
    private readonly string? _folder = folder?.TrimEnd('/');
    private readonly HashSet<string> _allowed = OwnShapes.Mounts(folder?.TrimEnd('/'));

    /// <param name="bind">As the Docker Engine takes it: source, target and options with colons between them.</param>
    /// <returns>Why it is refused; null: it is not.</returns>
    public string? Judge(string? bind) =>
        bind is null || !_allowed.Contains(bind) ? $"{bind} may not be mounted: engines mount only their volumes, and their folders in the folder that the proxy was given"
        : bind.StartsWith('/') ? JudgeSource(bind.Split(':')[0])
        : null;

    /// <summary>Judges a source by itself: what was a folder when the container was made may be a link when it is started.</summary>
    public string? JudgeSource(string source)
    {
        if (_folder is null || !Directory.Exists(_folder))
        {
            // The proxy does not see the host's folder here: then the name has to do.
            return null;
        }

        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(_folder) & UnixFileMode.OtherWrite) != 0)
        {
            return $"{_folder} is writable for all users, so any folder in it could be replaced by a link: remove that permission";
        }

        var info = new FileInfo(source);
        return info.LinkTarget is not null ? $"{source} is a link, and only folders are mounted"
            : info.Exists ? $"{source} is a file, and only folders are mounted"
            : null;
    }
}
