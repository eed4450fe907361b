using Gateway.ConsoleTests.Browser;
using Gateway.ManagementTests;
using Xunit;

namespace Gateway.ConsoleTests.Management;

/// <summary>A test that needs a browser and a Docker Engine: skipped with the reason where there is none, but never on CI.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class DockerBrowserFactAttribute : FactAttribute
{
    public DockerBrowserFactAttribute() => Skip = BrowserFactAttribute.Missing ?? DockerSetup.SkipReason;
}
