namespace Gateway.Testing;

/// <summary>What a command has done.</summary>
/// <param name="Code">Its exit code.</param>
/// <param name="Output">What it wrote, errors included, in the order in which it came.</param>
/// <param name="Standard">What of it was no error, without white space around it.</param>
internal sealed record ShellResult(int Code, string Output, string Standard)
{
    public ShellResult Succeeded() => Code == 0 ? this : throw new InvalidOperationException($"It ended with {Code}:\n{Output}");
}
