using Xunit;

namespace Gateway.ManagementTests;

/// <summary>A theory that needs Docker: skipped with the reason where there is none, but never on CI.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class DockerTheoryAttribute : TheoryAttribute
{
    public DockerTheoryAttribute() => Skip = DockerSetup.SkipReason;
}
