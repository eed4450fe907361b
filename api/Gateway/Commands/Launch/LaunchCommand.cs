using Gateway.Core.Configuration;

namespace Gateway.Commands.Launch;

/// <summary>
/// <c>gateway launch CLIENT [--model M] [--url URL] [--key KEY] [--exec] [-- arguments]</c>: prints what points a coding agent at this
/// gateway, as lines for a shell; with <c>--exec</c> runs the agent so.
/// </summary>
internal static class LaunchCommand
{
    public const int Done = 0;
    public const int CannotLaunch = 1;
    public const int WrongUsage = 64;

    private const string Usage = "usage: gateway launch claude|codex|opencode|qwen [--model MODEL] [--url URL] [--key KEY] [--exec] [-- arguments of the client]";
    private const string ModelPlace = "<model>";
    private const string AnyKey = "none";

    /// <param name="args">What follows the command's name.</param>
    /// <param name="variables">Where the gateway listens, and the names of its keys: its own settings.</param>
    /// <param name="callerKey">The key in the caller's own environment.</param>
    /// <param name="output">Gets the lines for the shell.</param>
    /// <param name="errors">Gets what is wrong or not known.</param>
    public static async Task<int> RunAsync(string[] args, IReadOnlyDictionary<string, string> variables, string? callerKey, TextWriter output, TextWriter errors)
    {
        var (options, fault) = LaunchOptions.Read(args);
        if (options is null)
        {
            await errors.WriteLineAsync(fault is null ? Usage : $"{fault}{Environment.NewLine}{Usage}");
            return WrongUsage;
        }

        var url = (options.Url ?? HealthCommand.Address(variables, "")).ToString().TrimEnd('/');
        var key = options.Key ?? (string.IsNullOrWhiteSpace(callerKey) ? null : callerKey);
        var listed = await ListedModels.AskAsync(url, key);
        var model = options.Model ?? listed.Models.Select(static entry => entry.Id).FirstOrDefault();
        foreach (var note in Notes(url, options.Model, listed))
        {
            await errors.WriteLineAsync(note);
        }

        var window = listed.Models.FirstOrDefault(entry => entry.Id == model).Window;
        // What lists its models to a caller without a key has no keys, and clients want to send one all the same.
        var place = listed.Trouble is null ? AnyKey : KeyPlace(variables, options.Url);
        var target = new LaunchTarget(url, key ?? place, model ?? ModelPlace, window);
        var setup = options.Client.Setup(target);
        if (!options.Exec)
        {
            await WriteAsync(output, options, setup, keyless: key is null && listed.Trouble is not null);
            return Done;
        }

        return listed.Trouble is not null || model is null ? CannotLaunch : await ExecAsync(options, setup, errors);
    }

    private static async Task<int> ExecAsync(LaunchOptions options, LaunchSetup setup, TextWriter errors)
    {
        if (await ClientProcess.RunAsync(options.Client.Name, setup, options.Arguments) is { } code)
        {
            return code;
        }

        await errors.WriteLineAsync($"There is no '{options.Client.Name}' on PATH. Install {options.Client.DisplayName} with npm install -g {options.Client.Package}.");
        return CannotLaunch;
    }

    private static IEnumerable<string> Notes(string url, string? asked, ListedModels listed)
    {
        if (listed.Trouble is { } trouble)
        {
            yield return trouble;
        }
        else if (asked is null && listed.Models.Count == 0)
        {
            yield return $"{url} lists no model yet. Wait for its engine, or name the model as --model.";
        }
        else if (asked is not null && listed.Models.All(entry => entry.Id != asked))
        {
            yield return $"{url} does not list '{asked}'. GET /v1/models has the names.";
        }
    }

    private static async Task WriteAsync(TextWriter output, LaunchOptions options, LaunchSetup setup, bool keyless)
    {
        var client = options.Client;
        await output.WriteLineAsync($"# {client.DisplayName} at this gateway. Take the lines into your shell, or add --exec to run it.");
        if (keyless)
        {
            await output.WriteLineAsync($"# Put one of the gateway's keys in the place of the one below; --key and {LaunchClients.KeyVariable} do so here.");
        }

        foreach (var name in setup.Unset)
        {
            await output.WriteLineAsync($"unset {name}");
        }

        foreach (var (name, value) in setup.Variables)
        {
            await output.WriteLineAsync($"export {name}={Shell(value)}");
        }

        if (setup.Note is { } note)
        {
            await output.WriteLineAsync($"# {note}");
        }

        await output.WriteLineAsync($"# {string.Join(' ', setup.Arguments.Concat(options.Arguments).Select(Shell).Prepend(client.Name))}");
    }

    // Only a name: a key of the gateway's settings is not shown to a caller who did not give it.
    private static string KeyPlace(IReadOnlyDictionary<string, string> variables, Uri? elsewhere)
    {
        var first = elsewhere is null && variables.TryGetValue("API_KEYS", out var keys) ? keys.Split(',', 2)[0].Trim() : "";
        return first.Contains(':', StringComparison.Ordinal) && SettingParsers.NamedKey(first, 1) is { } key ? $"<key of {key.Name}>" : "<key>";
    }

    private static string Shell(string value) =>
        value.Length > 0 && value.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or '/' or ':' or '@' or '=') ? value : $"'{value.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
