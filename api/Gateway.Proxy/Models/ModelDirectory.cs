using Gateway.Core.Configuration;
using Gateway.Engines;
using Gateway.Proxy.Backends;

namespace Gateway.Proxy.Models;

/// <summary>What the names of models stand for, as far as the settings and the lists say.</summary>
/// <remarks>The same for requests and for <c>/v1/models</c>.</remarks>
public sealed class ModelDirectory(BackendTable backends, GatewaySettings settings)
{
    private const int LongestWay = 8;

    private readonly ModelNames<string> _aliases = new(settings.ModelAliases.Select(alias => (alias.Name, alias.Model)));

    private readonly ModelNames<IReadOnlyList<FallbackTarget>> _fallbacks = new(settings.Fallbacks.Select(pair => (pair.Key, pair.Value)));

    /// <summary>The names that the operator gave to models of one backend.</summary>
    private readonly ModelNames<OwnModel> _own =
        new(backends.All.SelectMany(backend => backend.Settings.Models, (backend, alias) => (alias.Name, new OwnModel(backend, alias.Model))));

    /// <summary>The name behind an alias; the name itself where it is none.</summary>
    /// <remarks>Exact aliases are resolved already; a pattern may lead to another alias.</remarks>
    public string Resolve(string model)
    {
        if (_aliases.Find(model) is not { } name)
        {
            return model;
        }

        for (var step = 1; step < LongestWay && _own.Find(name) is null && Listing(name) is null && _aliases.Find(name) is { } next && next != name; step++)
        {
            name = next;
        }

        return name;
    }

    /// <summary>The model that the operator gave this name at one backend.</summary>
    public OwnModel? Own(string name) => _own.Find(name);

    public IReadOnlyList<FallbackTarget> Fallbacks(string model) => _fallbacks.Find(model) ?? [];

    /// <summary>The first that lists it and can take a request; where none can, the first that lists it.</summary>
    public Backend? Listing(string name)
    {
        Backend? first = null;
        foreach (var backend in backends.All)
        {
            if (backend.Models.Find(name) is null)
            {
                continue;
            }

            if (backend.Usable)
            {
                return backend;
            }

            first ??= backend;
        }

        return first;
    }

    /// <summary>The backend that may serve a model that none lists.</summary>
    /// <remarks>The engine started with it, else a usable one that lists nothing. A backend that never answered serves no name, unless none
    /// has answered.</remarks>
    public Backend? Guess(string name)
    {
        if (name == settings.ModelName)
        {
            return backends.All[0];
        }

        var silent = backends.All.Where(static backend => !backend.Models.Known && !backend.Profile.Requests.OnlyListedModels);
        return backends.All.Any(static backend => backend.Models.Known) ? silent.FirstOrDefault(static backend => backend.HasAnswered) : silent.FirstOrDefault();
    }

    /// <summary>The name as a request for it would be answered; null where it would be refused as unknown.</summary>
    public ModelEntry? Find(string id)
    {
        var name = Resolve(id);
        if (Own(name) is { } own)
        {
            return Entry(id, own.Backend, own.Model);
        }

        if ((Listing(name) ?? (Guess(name) is { HasAnswered: true } guess ? guess : null)) is { } backend)
        {
            return IsRefused(backend.Profile, name) ? null : Entry(id, backend, name);
        }

        if (settings.UnknownModel == UnknownModel.Default)
        {
            return Entry(id, Listing(settings.ModelName!) ?? backends.All[0], settings.ModelName!);
        }

        return (from target in Fallbacks(id)
                from other in backends.All
                where other.Name == target.Backend
                select Entry(id, other, target.Model ?? name)).FirstOrDefault();
    }

    public static bool IsRefused(EngineProfile profile, string name) =>
        profile.Requests.RefusedModelSuffixes.Any(suffix => name.EndsWith(suffix, StringComparison.OrdinalIgnoreCase));

    private static ModelEntry Entry(string id, Backend backend, string model) =>
        new(id, backend.Models.Find(model) ?? new ListedModel(model), backend, model == id ? null : model);
}

/// <summary>A model of one backend.</summary>
/// <param name="Backend">Who has it.</param>
/// <param name="Model">Its name there.</param>
public sealed record OwnModel(Backend Backend, string Model);

/// <summary>A name that requests may use.</summary>
/// <param name="Id">The name.</param>
/// <param name="Model">The model behind it.</param>
/// <param name="Backend">Who serves it.</param>
/// <param name="AliasOf">The model's own name where the name is an alias from the settings.</param>
public sealed record ModelEntry(string Id, ListedModel Model, Backend Backend, string? AliasOf);
