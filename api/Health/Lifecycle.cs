using System.Reflection;

namespace Gateway.Health;

/// <summary>Whether this process takes new work. Turned off at the first SIGTERM, before anything is stopped.</summary>
internal sealed class Lifecycle
{
    private volatile bool _draining;

    public static string Version { get; } =
        typeof(Lifecycle).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";

    public bool Draining => _draining;

    public void BeginDrain() => _draining = true;
}
