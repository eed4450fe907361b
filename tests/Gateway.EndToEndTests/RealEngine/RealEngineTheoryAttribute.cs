using Xunit;

namespace Gateway.EndToEndTests.RealEngine;

/// <summary>A theory that needs the real engine: skipped with the reason where there is none, but never on CI.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RealEngineTheoryAttribute : TheoryAttribute
{
    public RealEngineTheoryAttribute() => Skip = RealEngineFiles.SkipReason;
}
