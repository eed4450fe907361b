using Gateway.Backends;

namespace Gateway.Management.Api;

/// <summary>The backends that the settings name.</summary>
internal interface IConfiguredBackends
{
    IReadOnlyList<Backend> All { get; }
}
