using Gateway.EndToEndTests.Sdk;
using Xunit;

namespace Gateway.EndToEndTests.RealEngine;

/// <summary>A test that needs the real engine and node: skipped with the reason where one is missing, but never on CI.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RealNodeFactAttribute : FactAttribute
{
    public RealNodeFactAttribute() => Skip = RealEngineFiles.SkipReason ?? NodeTheoryAttribute.SkipReason;
}
