namespace Gateway.Fakes;

/// <summary>Under which flags and variables an engine is told where to listen, with which key and for which model.</summary>
internal sealed record CommandLineNames
{
    public IReadOnlyList<string> Host { get; init; } = ["--host"];

    public IReadOnlyList<string> Port { get; init; } = ["--port"];

    /// <summary>Host and port in one: <c>0.0.0.0:8001</c> or <c>:8001</c>.</summary>
    public IReadOnlyList<string> Address { get; init; } = [];

    public IReadOnlyList<string> Model { get; init; } = ["--model"];

    public IReadOnlyList<string> ApiKey { get; init; } = ["--api-key"];

    /// <summary>Flags that take no value, though one follows them; any other takes what follows when that is no flag.</summary>
    public IReadOnlyList<string> Switches { get; init; } = [];

    /// <summary>The port the engine listens on when it is told nothing.</summary>
    public int DefaultPort { get; init; } = 8000;
}
