using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Gateway.Fakes;

/// <summary>A model as the gateway must list it; null where nothing is known.</summary>
internal sealed record ModelCase(
    string Id,
    long? Created,
    [property: JsonPropertyName("owned_by")] string? OwnedBy,
    [property: JsonPropertyName("max_model_len")] int? MaxLength);

/// <summary>The fixture folder of one engine.</summary>
internal sealed class Fixtures
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    private readonly string _folder;
    private readonly string? _model;

    /// <summary>Reads a folder.</summary>
    /// <param name="engineId">The engine's id, which is the folder's name.</param>
    /// <param name="model">Stands wherever the files name the first of their models; null keeps their name.</param>
    public Fixtures(string engineId, string? model = null)
    {
        _folder = Path.Combine(Root, engineId);
        Models = Read<ModelCase[]>("models.expect.json") ?? [];
        _model = model;
        Health = Read<AnswerCase[]>("health.json") ?? [];
        Errors = Read<AnswerCase[]>("errors.json") ?? [];
        StreamErrors = Read<AnswerCase[]>("stream-errors.json") ?? [];
        UnknownPath = Read<AnswerCase>("unknown-path.json") ?? new AnswerCase { Status = 404 };
        CommandLine = Read<CommandLineNames>("command-line.json") ?? new CommandLineNames();
        Flags = (Find("flags.txt") is { } flags ? Encoding.UTF8.GetString(flags) : "")
            .Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .ToHashSet();
    }

    /// <summary>The folders of all engines, beside the program.</summary>
    public static string Root { get; } = Path.Combine(AppContext.BaseDirectory, "fixtures", "engines");

    public IReadOnlyList<ModelCase> Models { get; }

    public IReadOnlyList<AnswerCase> Health { get; }

    public IReadOnlyList<AnswerCase> Errors { get; }

    public IReadOnlyList<AnswerCase> StreamErrors { get; }

    /// <summary>What the engine answers to a path it does not know.</summary>
    public AnswerCase UnknownPath { get; }

    /// <summary>Every command-line flag the engine knows; empty: not told.</summary>
    public IReadOnlySet<string> Flags { get; }

    public CommandLineNames CommandLine { get; }

    /// <summary>The name under which the first model is used.</summary>
    public string? Model => _model ?? (Models.Count > 0 ? Models[0].Id : null);

    public bool Has(string name) => File.Exists(Path.Combine(_folder, name));

    public byte[]? Find(string name) => Has(name) ? Renamed(File.ReadAllBytes(Path.Combine(_folder, name))) : null;

    public byte[] Get(string name) => Find(name) ?? throw new FileNotFoundException($"{_folder} has no {name}.");

    public AnswerCase Error(string name) => Pick(Errors, name, "errors.json");

    public AnswerCase StreamError(string name) => Pick(StreamErrors, name, "stream-errors.json");

    private static AnswerCase Pick(IReadOnlyList<AnswerCase> cases, string name, string file) =>
        cases.FirstOrDefault(one => one.Case == name)
        ?? throw new ArgumentException($"{file} has no case {name}; it has {string.Join(", ", cases)}.", nameof(name));

    private T? Read<T>(string name) => Has(name) ? JsonSerializer.Deserialize<T>(Get(name), Json) : default;

    private byte[] Renamed(byte[] content) => _model is null || Models.Count == 0
        ? content
        : Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(content).Replace($"\"{Models[0].Id}\"", JsonSerializer.Serialize(_model), StringComparison.Ordinal));
}
