namespace Gateway.Management.Docker;

/// <summary>Adds up how far the layers of a pull are.</summary>
internal sealed class PulledLayers
{
    private readonly Dictionary<string, PullDetail> _layers = [];

    /// <summary>Bytes fetched.</summary>
    public long Current { get; private set; }

    /// <summary>Bytes to fetch, of the layers whose size is known yet.</summary>
    public long Total { get; private set; }

    /// <returns>True where it says something new.</returns>
    public bool Take(PullMessage message)
    {
        // Unpacking is reported in the same way as fetching, but begins at nothing again.
        if (message.Id is not { } layer || message.Status is not ("Downloading" or "Download complete" or "Pull complete"))
        {
            return false;
        }

        var known = _layers.GetValueOrDefault(layer);
        var now = message.Status == "Downloading" && message.Detail is { Total: > 0 } detail ? detail : known is null ? null : known with { Current = known.Total };
        if (now is null || now == known)
        {
            return false;
        }

        _layers[layer] = now;
        Current += now.Current - (known?.Current ?? 0);
        Total += now.Total - (known?.Total ?? 0);
        return true;
    }
}
