using Gateway.Engines;

namespace Gateway.Management.Operations;

/// <summary>What engines are started with where a request says nothing: the gateway's own environment, as with compose.</summary>
/// <param name="Model"><c>MODEL_NAME</c>.</param>
/// <param name="Variables">The environment.</param>
public sealed record EngineDefaults(string? Model, IReadOnlyDictionary<string, string> Variables)
{
    /// <summary>The options of an engine: those of the environment, then of the gallery, then of the request.</summary>
    public IReadOnlyDictionary<string, string> Options(string kind, IReadOnlyDictionary<string, string> gallery, IReadOnlyDictionary<string, string> request)
    {
        var options = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var option in EngineCatalog.Find(kind)?.Deployment.Options ?? [])
        {
            if (Variables.TryGetValue(option.Variable, out var value) && value.Length > 0)
            {
                options[option.Variable] = value;
            }
        }

        foreach (var (name, value) in gallery.Concat(request))
        {
            options[name] = value;
        }

        return options;
    }
}
