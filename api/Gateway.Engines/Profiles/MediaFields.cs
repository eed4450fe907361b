using System.Text;

namespace Gateway.Engines;

/// <summary>
/// Which members of a request an engine fetches from: the URL of an image, a sound, a video or a document. What all APIs have in common is
/// said here once; a profile adds what is its engine's own.
/// </summary>
public sealed record MediaFields
{
    /// <summary>Members that are data as well as the place of it: a text in them is fetched where it begins like a URL.</summary>
    private static readonly string[] Sources =
    [
        "image", "images", "image_file", "image_data", "init_image", "init_images", "input_image", "input_images", "ref_image", "ref_images", "reference_image",
        "reference_images", "control_image", "mask", "mask_image", "first_frame", "last_frame", "start_image", "end_image", "start_frame", "end_frame",
        "video", "videos", "video_data", "input_video", "video_file", "audio", "audios", "audio_file", "ref_audio", "reference_audio", "prompt_audio", "speaker_wav", "voice", "voice_file", "audio_data",
        "file", "files", "file_data", "input_file", "input_reference", "multimodal_data", "pdf",
    ];

    /// <summary>
    /// Members that describe, cite or remember, and that no engine fetches from: schemas, arguments of calls, citations, the caller's own notes.
    /// </summary>
    private static readonly string[] Apart =
    [
        "metadata", "client_metadata", "annotations", "citations", "parameters", "input_schema", "output_schema", "schema", "json_schema", "arguments", "action",
        "sources", "search_results", "references", "results", "user_location", "chat_template_kwargs", "logit_bias",
    ];

    /// <summary>Types of objects whose <c>url</c> cites: what a search has found, in the history of a conversation.</summary>
    private static readonly string[] Citing =
        ["web_search_result", "web_search_result_location", "web_fetch_result", "url_citation", "search_result", "search_result_location", "open_page", "find_in_page", "search"];

    /// <summary>Types of objects whose <c>input</c> is what a tool was called with.</summary>
    private static readonly string[] Calling = ["tool_use", "server_tool_use", "mcp_tool_use", "custom_tool_call", "mcp_call"];

    /// <summary>What the APIs have.</summary>
    public static MediaFields Common { get; } = new();

    /// <summary>Members of this engine from which it opens files too: only data passes in them, as <c>data:</c> URLs or in base64.</summary>
    public IReadOnlyList<string> Opened { get; init; } = [];

    public IReadOnlyList<byte[]> SourceNames { get; } = Bytes(Sources);

    public IReadOnlyList<byte[]> ApartNames { get; } = Bytes(Apart);

    public IReadOnlyList<byte[]> CitingTypes { get; } = Bytes(Citing);

    public IReadOnlyList<byte[]> CallingTypes { get; } = Bytes(Calling);

    public IReadOnlyList<byte[]> OpenedNames => field ??= Bytes(Opened);

    private static IReadOnlyList<byte[]> Bytes(IReadOnlyList<string> names) => [.. names.Select(Encoding.UTF8.GetBytes)];
}
