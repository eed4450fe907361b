namespace Gateway.Hosting;

/// <summary>The gateway cannot start as it is set up: one message for each fault.</summary>
internal sealed class StartupException(IReadOnlyList<string> faults) : Exception(string.Join(Environment.NewLine, faults))
{
    /// <summary>sysexits' EX_CONFIG: something is wrong with the configuration.</summary>
    public const int ExitCode = 78;

    public IReadOnlyList<string> Faults { get; } = faults;
}
