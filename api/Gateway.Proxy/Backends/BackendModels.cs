using System.Collections.Frozen;
using Gateway.Engines;

namespace Gateway.Proxy.Backends;

/// <summary>The models of one backend as last listed. A snapshot is replaced whole, so readers take no lock.</summary>
/// <param name="changes">Set with each change; null: no waiter exists.</param>
public sealed class BackendModels(ChangeSignal? changes = null)
{
    private volatile bool _asked;
    private volatile Snapshot _snapshot = new([], FrozenDictionary<string, ListedModel>.Empty, null, null, false);

    public IReadOnlyList<ListedModel> All => _snapshot.Models;

    /// <summary>The list has been read at least once, so that a missing name is really missing.</summary>
    public bool Known => _snapshot.Known;

    /// <summary>The engine has been asked for it at least once, whatever came of it.</summary>
    public bool Asked
    {
        get => _asked;
        set
        {
            var first = value && !_asked;
            _asked = value;
            if (first)
            {
                changes?.Set();
            }
        }
    }

    /// <summary>The model of this name, in any spelling that its engine takes for it.</summary>
    public ListedModel? Find(string name)
    {
        var snapshot = _snapshot;
        return snapshot.ByName.TryGetValue(name, out var model) || (snapshot.Spelling is { } spelling && snapshot.BySpelling!.TryGetValue(spelling(name), out model)) ? model : null;
    }

    /// <param name="models">What the engine lists now.</param>
    /// <param name="spelling">The one spelling of a name; null where the engine takes no other.</param>
    public void Replace(IReadOnlyList<ListedModel> models, Func<string, string>? spelling = null)
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

        var bySpelling = spelling is null ? null : byName.DistinctBy(pair => spelling(pair.Key)).ToFrozenDictionary(pair => spelling(pair.Key), pair => pair.Value, StringComparer.Ordinal);
        _snapshot = new Snapshot(models, byName.ToFrozenDictionary(StringComparer.Ordinal), spelling, bySpelling, true);
        changes?.Set();
    }

    private sealed record Snapshot(IReadOnlyList<ListedModel> Models, FrozenDictionary<string, ListedModel> ByName, Func<string, string>? Spelling, FrozenDictionary<string, ListedModel>? BySpelling, bool Known);
}
