using Docker.DotNet.Models;

namespace Gateway.Management.Docker;

/// <summary>Adds up how far the layers of a pull are, and keeps the first error: the library throws none.</summary>
/// <param name="progress">Told bytes pulled, and bytes to pull as far as they are known.</param>
/// <param name="heard">Called with every message.</param>
internal sealed class PullProgress(Action<long, long> progress, Action heard) : IProgress<JSONMessage?>
{
    private readonly Dictionary<string, (long Current, long Total)> _layers = [];
    private long _current;
    private long _total;

    /// <summary>Why it failed; null: it has not.</summary>
    public string? Failure { get; private set; }

    public void Report(JSONMessage? value)
    {
        heard();
        Failure ??= value?.Error?.Message;
        // Unpacking is reported in the same way as fetching, but begins at nothing again.
        if (value?.ID is not { } layer || value.Status is not ("Downloading" or "Download complete" or "Pull complete"))
        {
            return;
        }

        var known = _layers.GetValueOrDefault(layer);
        var (current, total) = value is { Status: "Downloading", Progress: { Total: > 0 } detail }
            ? (detail.Current ?? 0, detail.Total.Value)
            : (known.Total, known.Total);
        if ((current, total) != known)
        {
            _layers[layer] = (current, total);
            _current += current - known.Current;
            _total += total - known.Total;
            progress(_current, _total);
        }
    }
}
