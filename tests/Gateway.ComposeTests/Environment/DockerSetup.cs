namespace Gateway.ComposeTests;

/// <summary>Docker, Compose and the images, as <c>scripts/setup-docker.sh</c> finds or makes them; or why there are none.</summary>
internal static class DockerSetup
{
    private const int Cannot = 3;

    private static readonly Lazy<ShellResult> Result = new(() => Run("scripts/setup-docker.sh"));
    private static readonly Lazy<ShellResult> FakeEngines = new(() => Run("scripts/make-fake-engines.sh"));

    private static readonly Lazy<ShellResult> Watchers = new(() => Run("scripts/make-watchers.sh"));

    /// <summary>Null where the tests can run. On CI they always have to.</summary>
    public static string? SkipReason => Result.Value.Code == Cannot && Environment.GetEnvironmentVariable("CI") != "true" ? Result.Value.Output : null;

    /// <summary>The compose program with its first words.</summary>
    public static string[] Compose => Result.Value.Succeeded().Standard.Split('\n')[^1].Split(' ');

    /// <summary>Images of every engine under the names that the compose files ask for.</summary>
    public static void MakeFakeEngines() => FakeEngines.Value.Succeeded();

    /// <summary>Images for Prometheus and Grafana.</summary>
    public static void MakeWatchers() => Watchers.Value.Succeeded();

    private static ShellResult Run(string script) => Shell.RunAsync(Clone.Root, new Dictionary<string, string>(), Path.Combine(Clone.Root, script)).GetAwaiter().GetResult();
}
