using System.Collections.Frozen;

namespace Gateway.Engines;

/// <summary>The engines, listed by hand so that a missing one cannot go unnoticed.</summary>
public static class EngineCatalog
{
    public static IReadOnlyList<EngineProfile> All { get; } =
    [
        Vllm.Profile,
        Ollama.Profile,
        LlamaCpp.Profile,
        Tgi.Profile,
        SgLang.Profile,
        LocalAi.Profile,
        LmStudio.Profile,
        LlamaSwap.Profile,
        OpenAi.Profile,
        Demo.Profile,
    ];

    private static readonly FrozenDictionary<string, EngineProfile> Index = All.ToFrozenDictionary(profile => profile.Id);

    public static EngineProfile? Find(string id) => Index.GetValueOrDefault(id);
}
