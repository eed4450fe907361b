namespace Gateway.Core.Configuration;

/// <summary>Compares the parts of a file with each other and with the environment: names given twice, and names of nothing.</summary>
internal sealed class FileChecks(YamlReading reading, FileContents file)
{
    private IReadOnlyList<YamlFound<BackendSettings>> Backends => file.Backends ?? [];

    public void Run()
    {
        CheckBackendNames();
        CheckFallbacks();
        CheckAliases();
        CheckKeys();
    }

    private void CheckBackendNames()
    {
        foreach (var (index, backend) in Backends.Index())
        {
            // Names go into headers and metrics, where case is easily lost.
            if (Backends.Take(index).FirstOrDefault(other => string.Equals(other.Value.Name, backend.Value.Name, StringComparison.OrdinalIgnoreCase)) is { } twin)
            {
                reading.Fault(backend.Place, $"{backend.Path}.name", $"{backend.Value.Name} is the name of {twin.Path} already: use different names.");
            }
        }
    }

    private void CheckFallbacks()
    {
        string[] names = file.Backends is null ? [reading.Defaults.Backends[0].Name] : [.. Backends.Select(backend => backend.Value.Name)];
        foreach (var (index, target) in file.Fallbacks.SelectMany(entry => entry.Value.Index()))
        {
            if (!names.Contains(target.Value.Backend) && !file.MissesBackend)
            {
                reading.Fault(target.Place, target.Path, $"there is no backend {target.Value.Backend}.{NearestName.Hint(target.Value.Backend, names)} There are {string.Join(", ", names)}; the text before the first `/` is the backend's name.");
            }
        }

        foreach (var entry in file.Fallbacks)
        {
            foreach (var (index, target) in entry.Value.Index())
            {
                if (entry.Value.Take(index).FirstOrDefault(other => other.Value == target.Value) is { } twin)
                {
                    reading.Fault(target.Place, target.Path, $"{twin.Path} is the same: it would be tried twice.");
                }
            }
        }
    }

    private void CheckAliases()
    {
        foreach (var alias in file.Aliases)
        {
            if (reading.Defaults.ModelAliases.Any(other => other.Name == alias.Name))
            {
                reading.Fault(alias.Place, alias.Path, "MODEL_ALIASES has this name too: keep it in one of the two.");
            }
            else if (Backends.FirstOrDefault(backend => backend.Value.Models.Any(own => own.Name == alias.Name)) is { } backend)
            {
                reading.Fault(alias.Place, alias.Path, $"{backend.Path}.models has this name too: keep it in one of the two.");
            }
            else if (AliasChain.From(alias.Name, Targets()) is { Cycle: true } chain)
            {
                reading.Fault(alias.Place, alias.Path, chain.Loop);
            }
        }
    }

    private void CheckKeys()
    {
        foreach (var (index, key) in file.Keys.Index())
        {
            var before = file.Keys.Take(index).Select(other => (Where: other.Path, Key: other.Value)).Concat(reading.Defaults.ApiKeys.Select(other => (Where: "API_KEYS", Key: other))).ToArray();
            if (before.FirstOrDefault(other => other.Key.Name == key.Value.Name) is { Key: not null } named)
            {
                reading.Fault(key.Place, $"{key.Path}.name", $"{key.Value.Name} is a name in {named.Where} already: give each key its own.");
            }

            if (key.Value.Hash.Length > 0 && before.FirstOrDefault(other => other.Key.Hash.AsSpan().SequenceEqual(key.Value.Hash)) is { Key: not null } same)
            {
                reading.Fault(key.Place, key.Path, $"this is the same key as in {same.Where}: their limits could not be counted separately.");
            }
        }
    }

    private Dictionary<string, string> Targets() => AliasChain.Targets([.. reading.Defaults.ModelAliases, .. file.Aliases.Select(alias => new ModelAlias(alias.Name, alias.Value))]);
}
