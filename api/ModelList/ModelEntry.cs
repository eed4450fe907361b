using Gateway.Backends;
using Gateway.Engines;

namespace Gateway.ModelList;

/// <summary>A name that requests may use.</summary>
/// <param name="Id">The name.</param>
/// <param name="Model">The model behind it.</param>
/// <param name="Backend">Who serves it.</param>
/// <param name="AliasOf">The model's own name where the name is an alias from the settings.</param>
internal sealed record ModelEntry(string Id, ListedModel Model, Backend Backend, string? AliasOf);
