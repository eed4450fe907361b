using Gateway.Engines;
using Gateway.Proxy.Backends;

namespace Gateway.Proxy.Models;

/// <summary>A name that requests may use.</summary>
/// <param name="Id">The name.</param>
/// <param name="Model">The model behind it.</param>
/// <param name="Backend">Who serves it.</param>
/// <param name="AliasOf">The model's own name where the name is an alias from the settings.</param>
public sealed record ModelEntry(string Id, ListedModel Model, Backend Backend, string? AliasOf);
