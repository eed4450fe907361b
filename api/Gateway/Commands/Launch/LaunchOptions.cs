namespace Gateway.Commands.Launch;

/// <summary>What follows <c>gateway launch</c> on the command line.</summary>
internal sealed record LaunchOptions
{
    public required LaunchClient Client { get; init; }

    /// <summary>Null: the first model that the gateway lists.</summary>
    public string? Model { get; init; }

    /// <summary>The gateway's address without <c>/v1</c>; null: where a gateway with these settings listens.</summary>
    public Uri? Url { get; init; }

    public string? Key { get; init; }

    /// <summary>The client is run, with <see cref="Arguments"/>.</summary>
    public bool Exec { get; init; }

    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>Reads them, or says what is wrong.</summary>
    public static (LaunchOptions? Options, string? Fault) Read(string[] args)
    {
        if (args.Length == 0 || LaunchClients.Find(args[0]) is not { } client)
        {
            return (null, args is [] or ["-h" or "--help", ..] ? null : $"gateway launch: there is no client '{args[0]}'. The clients are {string.Join(", ", LaunchClients.All.Select(one => one.Name))}.");
        }

        var options = new LaunchOptions { Client = client };
        for (var i = 1; i < args.Length; i++)
        {
            if (args[i] == "--")
            {
                return (options with { Arguments = args[(i + 1)..] }, null);
            }

            if (args[i] == "--exec")
            {
                options = options with { Exec = true };
                continue;
            }

            var (next, fault) = options.With(args[i], i + 1 < args.Length ? args[++i] : null);
            if (next is null)
            {
                return (null, fault);
            }

            options = next;
        }

        return (options, null);
    }

    private (LaunchOptions? Options, string? Fault) With(string name, string? value)
    {
        if (name is not ("--model" or "--url" or "--key"))
        {
            return (null, $"gateway launch: there is no option '{name}'. What is for {Client.Name} goes behind --.");
        }

        if (string.IsNullOrWhiteSpace(value) || value.Any(char.IsControl))
        {
            return (null, $"gateway launch: {name} takes a value.");
        }

        return name switch
        {
            "--model" => (this with { Model = value }, null),
            "--key" => (this with { Key = value }, null),
            _ => BaseOf(value) is { } url ? (this with { Url = url }, null) : (null, $"gateway launch: --url '{value}' is no URL. Give the gateway's, such as http://gateway.example:8000."),
        };
    }

    // People give the base URL that OpenAI's clients take, too.
    private static Uri? BaseOf(string value)
    {
        var text = value.TrimEnd('/');
        text = text.EndsWith("/v1", StringComparison.Ordinal) ? text[..^3] : text;
        return Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" && url.UserInfo.Length == 0 && url.Query.Length == 0 ? url : null;
    }
}
