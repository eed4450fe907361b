using Gateway.Core.Configuration;
using Gateway.Proxy.Backends;

namespace Gateway.Proxy.Routing;

/// <summary>Says whether fallbacks answer for a backend that cannot: then its outage is no outage for clients.</summary>
public sealed class FallbackCover(GatewaySettings settings, BackendTable backends)
{
    private readonly ModelNames<IReadOnlyList<FallbackTarget>> _fallbacks = new(settings.Fallbacks.Select(pair => (pair.Key, pair.Value)));

    /// <summary>True while each model that the backend lists has a usable fallback, under its own name or an alias.</summary>
    /// <returns>False for a backend that has listed no model: which requests are meant for it is then unknown.</returns>
    public bool Covers(Backend backend)
    {
        var models = backend.Models.All;
        return models.Count > 0 && models.All(model => NamesOf(backend, model.Id).Any(name => HasUsable(backend, name)));
    }

    private IEnumerable<string> NamesOf(Backend backend, string model) =>
        backend.Settings.Models.Where(alias => alias.Model == model).Select(alias => alias.Name)
            .Concat(settings.ModelAliases.Where(alias => alias.Model == model).Select(alias => alias.Name))
            .Prepend(model);

    private bool HasUsable(Backend backend, string name) =>
        _fallbacks.Find(name)?.Any(target => target.Backend != backend.Name && backends.All.Any(other => other.Name == target.Backend && other.Usable)) == true;
}
