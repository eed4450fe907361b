using Gateway.Management.Docker;

namespace Gateway.ManagementTests;

/// <summary>A Docker Engine and the files of the tiny engine, as the set-up scripts find or make them; or why there are none.</summary>
internal static class DockerSetup
{
    private const int Cannot = 3;
    private static readonly Lazy<ShellResult> Result = new(Prepare);

    /// <summary>The Docker Engine that the tests use: that of <c>DOCKER_HOST</c>, as the docker program does it.</summary>
    public static string Host { get; } = Environment.GetEnvironmentVariable("DOCKER_HOST") is { Length: > 0 } host ? host : DockerAddress.Default;

    /// <summary>Its socket.</summary>
    public static string Socket => DockerAddress.Parse(Host, null).Address?.Socket ?? throw new InvalidOperationException($"{Host}: the tests take a Docker Engine by its socket.");

    /// <summary>Null where the tests can run. On CI they always have to.</summary>
    public static string? SkipReason => Result.Value.Code == Cannot && Environment.GetEnvironmentVariable("CI") != "true" ? Result.Value.Output : null;

    /// <summary>What an image of the tiny engine holds.</summary>
    public static string TinyEngine => Result.Value.Succeeded().Standard.Split('\n')[^1];

    private static ShellResult Prepare()
    {
        var engine = Run("docker", "version");
        if (engine.Code != 0 && Run(Path.Combine(Clone.Root, "scripts", "setup-docker.sh")) is { Code: not 0 } failed)
        {
            return failed;
        }

        return Run(Path.Combine(Clone.Root, "scripts", "setup-tiny-engine.sh"));
    }

    private static ShellResult Run(params string[] command)
    {
        try
        {
            return Shell.RunAsync(command).GetAwaiter().GetResult();
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            return new ShellResult(Cannot, e.Message, "");
        }
    }
}
