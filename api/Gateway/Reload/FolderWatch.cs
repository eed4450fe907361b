namespace Gateway.Reload;

/// <summary>
/// Hears of changes in folders, where the system tells them. It is only a way to be quick: it may miss a change (on some network
/// volumes all of them), so whoever uses it looks now and then as well.
/// </summary>
internal sealed class FolderWatch : IDisposable
{
    private readonly Dictionary<string, FileSystemWatcher?> _watchers = new(StringComparer.Ordinal);
    private volatile TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes at the next change. Ask before looking.</summary>
    public Task Changed => _changed.Task;

    /// <summary>Listens to these folders and no others.</summary>
    public void Follow(IEnumerable<string> folders)
    {
        var wanted = folders.ToHashSet(StringComparer.Ordinal);
        foreach (var folder in _watchers.Keys.Where(folder => !wanted.Contains(folder)).ToArray())
        {
            _watchers[folder]?.Dispose();
            _watchers.Remove(folder);
        }

        foreach (var folder in wanted.Where(folder => !_watchers.ContainsKey(folder)))
        {
            _watchers[folder] = Listen(folder);
        }
    }

    public void Dispose()
    {
        foreach (var watcher in _watchers.Values)
        {
            watcher?.Dispose();
        }

        _watchers.Clear();
    }

    private FileSystemWatcher? Listen(string folder)
    {
        FileSystemWatcher? watcher = null;
        try
        {
            watcher = new FileSystemWatcher(folder) { NotifyFilter = NotifyFilters.FileName | NotifyFilters.DirectoryName | NotifyFilters.LastWrite | NotifyFilters.Size };
            watcher.Created += Hear;
            watcher.Changed += Hear;
            watcher.Renamed += Hear;
            watcher.Deleted += Hear;
            watcher.EnableRaisingEvents = true;
            return watcher;
        }
        catch (Exception e) when (e is IOException or ArgumentException or UnauthorizedAccessException or PlatformNotSupportedException)
        {
            // No such folder, or no more watchers to be had: looking now and then has to do.
            watcher?.Dispose();
            return null;
        }
    }

    private void Hear(object sender, FileSystemEventArgs change) =>
        Interlocked.Exchange(ref _changed, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
}
