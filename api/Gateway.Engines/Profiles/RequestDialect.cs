using Gateway.Engines.Endpoints;

namespace Gateway.Engines;

/// <summary>What becomes of one top-level member of a request body.</summary>
/// <param name="Drop">The member is left out.</param>
/// <param name="Value">New raw JSON for it; null with <paramref name="Drop"/> false keeps the bytes as they are.</param>
public readonly record struct FieldEdit(bool Drop, byte[]? Value)
{
    public static FieldEdit Keep => default;

    public static FieldEdit Remove => new(true, null);

    public static FieldEdit Replace(byte[] value) => new(false, value);
}

/// <summary>Judges the raw JSON of one member.</summary>
public delegate FieldEdit FieldRule(ReadOnlySpan<byte> value);

/// <summary>Mends one top-level member that OpenAI takes and the engine does not.</summary>
/// <param name="Field">The member's name.</param>
/// <param name="Rule">What is done with its value.</param>
/// <param name="Why">The departure, with its source; shown in the documentation. A sentence.</param>
/// <param name="Endpoints">Where it applies; null: every endpoint with a JSON body.</param>
public sealed record FieldFix(string Field, FieldRule Rule, string Why, IReadOnlyList<EndpointId>? Endpoints = null)
{
    public static FieldFix DropNull(string field, string why, params EndpointId[] endpoints) =>
        new(field, static value => value.SequenceEqual("null"u8) ? FieldEdit.Remove : FieldEdit.Keep, why, endpoints.Length == 0 ? null : endpoints);

    public static FieldFix DropNullOrEmptyArray(string field, string why, params EndpointId[] endpoints) =>
        new(field, static value => value.SequenceEqual("null"u8) || IsEmptyArray(value) ? FieldEdit.Remove : FieldEdit.Keep, why, endpoints.Length == 0 ? null : endpoints);

    private static bool IsEmptyArray(ReadOnlySpan<byte> value) =>
        value.Length >= 2 && value[0] == '[' && value[^1] == ']' && value[1..^1].Trim(" \t\r\n"u8).IsEmpty;
}

/// <summary>Gives an engine a value under the name it reads, when the caller used the other.</summary>
/// <param name="From">The name the caller used.</param>
/// <param name="To">The name the engine reads; left alone where the caller gave it too.</param>
/// <param name="KeepFrom">The first name stays beside the second.</param>
/// <param name="Why">The departure, with its source. A sentence.</param>
/// <param name="Endpoints">Where it applies.</param>
public sealed record FieldCopy(string From, string To, bool KeepFrom, string Why, params EndpointId[] Endpoints);

/// <summary>The engine goes on with an assistant's message that stands last, instead of beginning a new one.</summary>
/// <param name="Source">How that is known. A sentence.</param>
/// <param name="Members">What has to be said besides, each a member's name and its JSON.</param>
public sealed record Continuation(string Source, params (string Name, string Value)[] Members);

/// <summary>Texts of the system and of developers are joined into one that stands first, since the engine refuses them elsewhere.</summary>
/// <param name="Why">How that is known. A sentence.</param>
/// <param name="Endpoints">Where it applies.</param>
public sealed record SystemFirst(string Why, params EndpointId[] Endpoints);

/// <summary>How request bodies are mended for an engine, and what of them never reaches it.</summary>
public sealed record RequestDialect
{
    public IReadOnlyList<FieldFix> Fixes { get; init; } = [];

    public IReadOnlyList<FieldCopy> Copies { get; init; } = [];

    /// <summary>
    /// Members that steer the engine's inside (priority, cache salt, adapter paths, …) and are dropped. <c>a.b</c> names a
    /// member of a top-level object; a <c>*</c> at the end takes every name that begins so.
    /// </summary>
    public IReadOnlyList<string> StripFields { get; init; } = [];

    /// <summary>Request headers that steer the engine's inside.</summary>
    public IReadOnlyList<string> StripHeaders { get; init; } = [];

    /// <summary>Query parameters that steer the engine's inside.</summary>
    public IReadOnlyList<string> StripQuery { get; init; } = [];

    /// <summary>Model names that end so are refused with 404: they would send the prompt off this network, or fetch weights.</summary>
    public IReadOnlyList<string> RefusedModelSuffixes { get; init; } = [];

    /// <summary>The name sent to an engine that reads any other as something else (an adapter); null sends the model's own.</summary>
    public string? SendModelAs { get; init; }

    /// <summary>A request for this engine must name a model that it lists, whatever the setting for unknown models says.</summary>
    public bool OnlyListedModels { get; init; }

    /// <summary>
    /// A plain request may go on after its caller has left: completions are asked for as a stream, which is noticed at once, and put
    /// together by the gateway. A sentence; null: plain requests end with their caller.
    /// </summary>
    public string? OutlivesCaller { get; init; }

    /// <summary>How it is asked to go on with a message that another engine began; null: it cannot.</summary>
    public Continuation? Continuation { get; init; }

    /// <summary>
    /// Tools that a server runs pass to it: it is a whole service, which its operator has chosen with what it does. Elsewhere they are left
    /// out, since nothing else keeps the words of a prompt on the site.
    /// </summary>
    public bool RunsServerTools { get; init; }

    /// <summary>
    /// Tools with <c>defer_loading</c> pass to it: it shows them to the model after a search. Other engines show them all from the start, so
    /// there they are left out until the conversation names them.
    /// </summary>
    public bool SearchesTools { get; init; }

    /// <summary>Where texts of the system have to stand first; null: it takes them anywhere, or joins them itself.</summary>
    public SystemFirst? SystemFirst { get; init; }

    /// <summary>
    /// On the Messages API <c>thinking</c> and <c>output_config</c> mean nothing to it, and its models' templates take the same as
    /// <c>chat_template_kwargs</c>: how that is known, a sentence; null: it reads them, or has no such way.
    /// </summary>
    public string? ThinkingByTemplate { get; init; }

    /// <summary>A limit for the answer's tokens above the model's context is refused instead of capped: how that is known, a sentence; null: it is not.</summary>
    public string? RefusesLongAnswers { get; init; }

    /// <summary>The members that it fetches from.</summary>
    public MediaFields Media { get; init; } = MediaFields.Common;

    /// <summary>The engine fetches Markdown images (<c>![](url)</c>) it finds in plain text.</summary>
    public bool FetchesMarkdownImages { get; init; }
}
