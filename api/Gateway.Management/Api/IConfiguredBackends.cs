using Gateway.Proxy.Backends;

namespace Gateway.Management.Api;

/// <summary>The backends that the settings name.</summary>
public interface IConfiguredBackends
{
    IReadOnlyList<Backend> All { get; }
}
