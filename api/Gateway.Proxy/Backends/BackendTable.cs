namespace Gateway.Proxy.Backends;

/// <summary>The backends of this gateway, in the order in which they are asked for a model.</summary>
public sealed class BackendTable(IReadOnlyList<Backend> all) : IDisposable
{
    public IReadOnlyList<Backend> All { get; } = all;

    /// <summary>These backends are in force from now on.</summary>
    public void Commit()
    {
        foreach (var backend in All)
        {
            backend.Commit();
        }
    }

    public void Dispose()
    {
        foreach (var backend in All)
        {
            backend.Dispose();
        }
    }
}
