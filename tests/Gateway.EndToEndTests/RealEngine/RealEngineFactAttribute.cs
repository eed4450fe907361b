using Xunit;

namespace Gateway.EndToEndTests.RealEngine;

/// <summary>A test that needs the real engine: skipped with the reason where there is none, but never on CI.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RealEngineFactAttribute : FactAttribute
{
    public RealEngineFactAttribute() => Skip = RealEngineFiles.SkipReason;
}
