using Xunit;

namespace Gateway.EndToEndTests.Sdk;

/// <summary>Tests that run the scripts in <c>tests/js</c>: skipped with the reason where node or its packages are missing, but never on CI.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class NodeTheoryAttribute : TheoryAttribute
{
    public NodeTheoryAttribute() => Skip = SkipReason;

    internal static string? SkipReason => Environment.GetEnvironmentVariable("CI") == "true" ? null : MissingReason;

    internal static string Folder { get; } = Path.Combine(Clone.Root, "tests", "js");

    private static string? MissingReason { get; } = !IsOnPath("node")
        ? "There is no node. Run scripts/setup-node.sh."
        : Directory.Exists(Path.Combine(Folder, "node_modules", "openai")) ? null : "The packages are not there. Run: npm --prefix tests/js ci";

    private static bool IsOnPath(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, program)));
}
