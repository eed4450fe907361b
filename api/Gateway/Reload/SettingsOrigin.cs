namespace Gateway.Reload;

/// <summary>Where settings come from, so that they can be read once more.</summary>
/// <param name="Read">Reads the variables as they are now.</param>
/// <param name="EnvFile">The <c>.env</c> that is among them; null: none is read.</param>
internal sealed record SettingsOrigin(Func<IReadOnlyDictionary<string, string>> Read, string? EnvFile = null);
