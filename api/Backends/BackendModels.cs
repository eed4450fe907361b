using System.Collections.Frozen;
using Gateway.Engines;

namespace Gateway.Backends;

/// <summary>The models of one backend as last listed. A snapshot is replaced whole, so readers take no lock.</summary>
internal sealed class BackendModels
{
    private volatile bool _asked;
    private volatile Snapshot _snapshot = new([], FrozenDictionary<string, ListedModel>.Empty, false);

    public IReadOnlyList<ListedModel> All => _snapshot.Models;

    /// <summary>The list has been read at least once, so that a missing name is really missing.</summary>
    public bool Known => _snapshot.Known;

    /// <summary>The engine has been asked for it at least once, whatever came of it.</summary>
    public bool Asked
    {
        get => _asked;
        set => _asked = value;
    }

    public ListedModel? Find(string name) => _snapshot.ByName.GetValueOrDefault(name);

    public void Replace(IReadOnlyList<ListedModel> models)
    {
        var byName = new Dictionary<string, ListedModel>(StringComparer.Ordinal);
        foreach (var model in models)
        {
            byName.TryAdd(model.Id, model);
        }

        foreach (var model in models)
        {
            foreach (var alias in model.Aliases ?? [])
            {
                byName.TryAdd(alias, model);
            }
        }

        _snapshot = new Snapshot(models, byName.ToFrozenDictionary(StringComparer.Ordinal), true);
    }

    private sealed record Snapshot(IReadOnlyList<ListedModel> Models, FrozenDictionary<string, ListedModel> ByName, bool Known);
}
