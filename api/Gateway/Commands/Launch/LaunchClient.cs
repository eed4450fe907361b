namespace Gateway.Commands.Launch;

/// <summary>What a client is to be pointed at.</summary>
/// <param name="Url">The gateway's address, without a slash at the end.</param>
/// <param name="Key">The client key, or what stands in its place.</param>
/// <param name="Model">The model, or what stands in its place.</param>
/// <param name="Window">Tokens that the model reads and writes in one request; null: not known.</param>
internal sealed record LaunchTarget(string Url, string Key, string Model, long? Window)
{
    /// <summary>The base URL that OpenAI's clients take.</summary>
    public string OpenAiUrl => $"{Url}/v1";

    /// <summary>What is left for an answer: a quarter of the window, and no more than clients ask for by themselves.</summary>
    public long? MostOutput => Window is { } window ? Math.Max(1, Math.Min(window / 4, 32_000)) : null;
}

/// <summary>How a client is pointed at the gateway.</summary>
/// <param name="Variables">Its environment.</param>
/// <param name="Arguments">What its command line begins with.</param>
internal sealed record LaunchSetup(IReadOnlyList<(string Name, string Value)> Variables, IReadOnlyList<string> Arguments)
{
    /// <summary>Variables that would point it elsewhere.</summary>
    public IReadOnlyList<string> Unset { get; init; } = [];

    /// <summary>What only its settings file can say.</summary>
    public string? Note { get; init; }
}

/// <summary>A coding agent that the gateway can be given to.</summary>
/// <param name="Name">Its command.</param>
/// <param name="DisplayName">Its name in texts.</param>
/// <param name="Package">What installs it: its package on npm.</param>
/// <param name="Setup">How it is pointed at the gateway.</param>
internal sealed record LaunchClient(string Name, string DisplayName, string Package, Func<LaunchTarget, LaunchSetup> Setup);
