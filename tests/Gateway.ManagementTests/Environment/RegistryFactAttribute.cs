using Xunit;

namespace Gateway.ManagementTests;

/// <summary>A fact that needs Docker and Debian's registry: skipped with the reason where there is none, but never on CI.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RegistryFactAttribute : FactAttribute
{
    public RegistryFactAttribute() => Skip = DebianRegistry.SkipReason;
}
