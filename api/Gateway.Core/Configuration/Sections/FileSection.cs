namespace Gateway.Core.Configuration;

/// <summary>The whole file as read, before its parts are compared with each other.</summary>
public sealed record FileContents
{
    /// <summary>Null: the file has none, and the environment's one stays.</summary>
    public IReadOnlyList<YamlFound<BackendSettings>>? Backends { get; init; }

    /// <summary>A backend stands in the file whose name or kind could not be read.</summary>
    public bool MissesBackend { get; init; }

    public IReadOnlyList<YamlEntry<IReadOnlyList<YamlFound<FallbackTarget>>>> Fallbacks { get; init; } = [];

    public IReadOnlyList<YamlEntry<string>> Aliases { get; init; } = [];

    public IReadOnlyList<YamlFound<ClientKey>> Keys { get; init; } = [];

    public OnDemandSettings OnDemand { get; init; } = new();

    /// <summary>The file has keys, be they right or wrong.</summary>
    public bool HasKeys { get; init; }
}

/// <summary>The file itself.</summary>
public static class FileSection
{
    private const string Own = "x-";

    private static readonly YamlShape<string> ModelName = YamlShapes.Text("at most 512 characters, `*` only at the end", SettingParsers.AliasName, @"^[^*]{0,511}[^*]?\*?$");

    private static readonly YamlKey<IReadOnlyList<YamlFound<BackendSettings>>> Backends = new("backends", YamlShapes.List(YamlShapes.Found(BackendSection.Shape)),
        "the engines behind the gateway, in the order in which they are searched for a model; each has one kind and one or more replicas")
    { Default = "the one of `BACKEND_KIND`" };

    private static readonly YamlKey<IReadOnlyList<YamlEntry<IReadOnlyList<YamlFound<FallbackTarget>>>>> Fallbacks = new("fallbacks",
        new YamlMapShape<IReadOnlyList<YamlFound<FallbackTarget>>>(ModelName, YamlShapes.List(YamlShapes.Found(YamlShapes.Text(
            "a backend's name, or `backend/model` to answer with another model", SettingParsers.Fallback, "^[A-Za-z0-9._-]{1,64}(/.{1,512})?$")))),
        "by the model name that clients use: what answers, in order, when the model's own backend cannot");

    private static readonly YamlKey<IReadOnlyList<YamlEntry<string>>> Aliases = new("aliases",
        new YamlMapShape<string>(ModelName, YamlShapes.Text("at most 512 characters", SettingParsers.Model, BackendKeys.ModelPattern)),
        "names that clients may use, each with the model it refers to, on any backend; in addition to `MODEL_ALIASES`");

    private static readonly YamlKey<IReadOnlyList<YamlFound<ClientKey>>> Keys = new("keys", YamlShapes.List(YamlShapes.Found(ClientKeySection.Shape)),
        "client keys and what each may use; in addition to `API_KEYS`");

    private static readonly YamlKey<OnDemandSettings> OnDemand = new("on_demand", OnDemandSection.Shape,
        "installed engines that start when one of their models is requested, and stop when they are idle");

    public static YamlTable Table { get; } = new("gateway.yaml", [Backends, Fallbacks, Aliases, Keys, OnDemand]) { FreePrefix = Own };

    public static YamlSectionShape<FileContents> Shape { get; } = new(Table, section => new FileContents
    {
        Backends = section.Has(Backends) ? section.Get(Backends, []) : null,
        MissesBackend = section.Has(Backends) && (section.NodeOf(Backends) as YamlList)?.Items.Count != section.Get(Backends, []).Count,
        Fallbacks = section.Get(Fallbacks, []),
        Aliases = section.Get(Aliases, []),
        Keys = section.Get(Keys, []),
        HasKeys = section.Has(Keys),
        OnDemand = section.Get(OnDemand, new OnDemandSettings()),
    });
}
