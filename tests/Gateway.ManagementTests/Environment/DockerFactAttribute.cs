using Xunit;

namespace Gateway.ManagementTests;

/// <summary>A fact that needs Docker: skipped with the reason where there is none, but never on CI.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class DockerFactAttribute : FactAttribute
{
    public DockerFactAttribute() => Skip = DockerSetup.SkipReason;
}
