namespace Gateway.Engines;

/// <summary>When a stream carries its usage.</summary>
public enum StreamUsage
{
    /// <summary>As one more chunk with <c>choices: []</c>, when <c>stream_options.include_usage</c> asks for it.</summary>
    OnRequest,

    /// <summary>Without being asked.</summary>
    Always,

    /// <summary>Not at all.</summary>
    Never,
}

/// <summary>The member in which an engine gives a model's thinking. Both names are offered to the client.</summary>
public enum ReasoningField
{
    None,
    Reasoning,
    ReasoningContent,
    Either,
}

/// <summary>Where an engine's answers depart from OpenAI's; everything else passes byte for byte.</summary>
public sealed record ResponseDialect
{
    public StreamUsage ChatUsage { get; init; } = StreamUsage.OnRequest;

    public StreamUsage CompletionUsage { get; init; } = StreamUsage.OnRequest;

    public ReasoningField Reasoning { get; init; } = ReasoningField.None;

    /// <summary>The engine leaves <c>id</c> empty: the gateway fills it.</summary>
    public bool FillsEmptyId { get; init; }

    /// <summary>Finish reasons that are not OpenAI's, and what they stand for; null stands for <c>null</c>.</summary>
    public IReadOnlyDictionary<string, string?> FinishReasons { get; init; } = new Dictionary<string, string?>();

    /// <summary>An answer with tool calls ends with <c>stop</c> here and with <c>tool_calls</c> at OpenAI.</summary>
    public bool ToolCallsEndWithStop { get; init; }

    /// <summary>
    /// Finish reasons of an answer that the engine stopped half way: because it is shutting down, an operator said so, or it failed.
    /// No API has them, and the answer is not whole whatever status and marker come with it. The defaults are those of vLLM's engine
    /// (vllm/v1/engine, FinishReason) and SGLang's, and of every service that has one of them behind it.
    /// </summary>
    public IReadOnlyList<string> AbortReasons { get; init; } = ["abort", "error"];

    /// <summary>A chunk of a stream whose text begins so is an error in disguise.</summary>
    public string? ErrorText { get; init; }

    /// <summary>Where usage is asked for, <c>system_fingerprint</c> stands in its chunk and not in the one with the finish reason. A caller who sees no usage gets it there.</summary>
    public bool FingerprintWithUsage { get; init; }

    /// <summary>Usage counts one choice only where several were asked for (<c>n</c>, arrays of prompts).</summary>
    public bool UsageCountsOneChoice { get; init; }

    /// <summary>Response headers that reveal the inside; hop-by-hop headers, <c>Server</c> and CORS headers never pass. A <c>*</c> at the end takes every name that begins so.</summary>
    public IReadOnlyList<string> StripHeaders { get; init; } = [];

    /// <summary>What is mended, for the documentation. One sentence each.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];
}
