using Xunit;

namespace Gateway.ConsoleTests.Browser;

/// <summary>A test that needs a browser: skipped with the reason where there is none, but never on CI.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class BrowserFactAttribute : FactAttribute
{
    internal const string Reason = "Chromium is not there. Run scripts/setup-chromium.sh; it says what it lacks.";

    public BrowserFactAttribute() => Skip = Missing;

    internal static string? Missing => Environment.GetEnvironmentVariable("CI") == "true" || Chromium.Path is not null ? null : Reason;
}

/// <summary>The same for a row of cases.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class BrowserTheoryAttribute : TheoryAttribute
{
    public BrowserTheoryAttribute() => Skip = BrowserFactAttribute.Missing;
}
