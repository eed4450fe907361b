namespace Gateway.Core.Configuration;

/// <summary><c>gateway.yaml</c>: read whole, told every fault at once, and laid over the settings of the environment.</summary>
internal static class GatewayFile
{
    /// <summary>Reads a file.</summary>
    /// <param name="bytes">Its contents.</param>
    /// <param name="name">What it is called in messages.</param>
    /// <param name="variables">What it may refer to.</param>
    /// <param name="environment">The settings of the environment: what holds where the file says nothing.</param>
    public static GatewayFileResult Read(ReadOnlySpan<byte> bytes, string name, IReadOnlyDictionary<string, string> variables, GatewaySettings environment)
    {
        var faults = new List<YamlFault>();
        var reading = new YamlReading(variables, environment, faults);
        FileContents? file = null;
        if (YamlTree.Parse(bytes, faults) is { } root && FileSection.Shape.TryRead(reading, root, "", out file))
        {
            new FileChecks(reading, file).Run();
        }

        return new GatewayFileResult(
            file is null ? environment : Lay(file, environment),
            [.. faults.OrderBy(fault => fault.Place.Line).ThenBy(fault => fault.Place.Column).Select(fault => fault.Format(name))],
            file?.Backends is not null,
            file?.HasKeys == true);
    }

    private static GatewaySettings Lay(FileContents file, GatewaySettings environment)
    {
        return environment with
        {
            Backends = file.Backends is null ? environment.Backends : [.. file.Backends.Select(backend => backend.Value)],
            Fallbacks = file.Fallbacks.ToDictionary(entry => entry.Name, IReadOnlyList<FallbackTarget> (entry) => [.. entry.Value.Select(target => target.Value)], StringComparer.Ordinal),
            ModelAliases = AliasChain.Resolve([.. environment.ModelAliases, .. file.Aliases.Select(alias => new ModelAlias(alias.Name, alias.Value))]),
            OnDemand = file.OnDemand,
            ApiKeys = [.. environment.ApiKeys, .. file.Keys.Select(key => key.Value)],
        };
    }
}

/// <summary>What a file comes to.</summary>
/// <param name="Settings">The environment's settings with the file's over them; of use only without faults.</param>
/// <param name="Faults">One message for each thing that is wrong.</param>
/// <param name="HasBackends">The environment's backend counts no more.</param>
/// <param name="HasKeys">It gives keys to clients, be they right or wrong.</param>
internal sealed record GatewayFileResult(GatewaySettings Settings, IReadOnlyList<string> Faults, bool HasBackends, bool HasKeys);
