using System.Text;
using Gateway.Engines.Endpoints;

namespace Gateway.Engines;

/// <summary>
/// LM Studio. Its source is closed: facts come from its documentation (c6854fba2575, 2026-04-29), from lmstudio-js 6ec11db1
/// and from reports about apps up to 0.4.23; numbers are issues of lmstudio-ai/lmstudio-bug-tracker.
/// </summary>
internal static class LmStudio
{
    private static readonly byte[] AnyObject = """{"type":"json_schema","json_schema":{"name":"json_object","schema":{"type":"object"}}}"""u8.ToArray();

    public static EngineProfile Profile { get; } = new()
    {
        Id = "lmstudio",
        DisplayName = "LM Studio",
        Summary = "A desktop program, or its daemon, that serves the models downloaded in it.",
        Docs = "https://lmstudio.ai/docs/developer",
        ReadAt = "documentation of 2026-04-29; reports about 0.3.13 to 0.4.23",
        Endpoints = SupportTable.Of(
            Absent.AccountObjects,
            (EndpointId.ModelList, Support.Native),
            (EndpointId.ModelRetrieve, Support.Native),
            (EndpointId.ModelDelete, Absent.ModelDeletion),
            (EndpointId.ChatCompletions, Support.Partial(
                "`tool_choice` is none, auto or required; log probabilities are always null. A prompt over the context of a GGUF model may get an empty answer.")),
            (EndpointId.Completions, Support.Native),
            (EndpointId.Embeddings, Support.Needs("An embedding model. Usage is always 0.")),
            (EndpointId.Responses, Support.Partial("Output cannot be constrained to a JSON schema. Needs 0.3.29.")),
            (EndpointId.ResponseRetrieve, Support.Missing("It uses stored responses, but has no route that shows them.", "Store the answer in your application; `previous_response_id` continues from it.")),
            (EndpointId.ResponseDelete, Support.Missing("It uses stored responses, but has no route that deletes them.", "Use /v1/chat/completions, which stores nothing, for content that must not be stored.")),
            (EndpointId.ResponseCancel, Support.Missing("It does not support background responses.", "Close the connection to stop the work.")),
            (EndpointId.ResponseInputItems, Support.Missing("It uses stored responses, but has no route that shows their input.", "Store the input in your application.")),
            (EndpointId.ResponseInputTokens, Absent.InputTokens),
            (EndpointId.ResponseCompact, Absent.Compaction),
            (EndpointId.Rerank, Absent.Rerank),
            (EndpointId.Score, Absent.Score),
            (EndpointId.Moderations, Absent.Moderations),
            (EndpointId.AudioTranscriptions, Absent.Transcriptions),
            (EndpointId.AudioTranslations, Absent.Transcriptions),
            (EndpointId.AudioSpeech, Absent.Speech),
            (EndpointId.ImageGenerations, Absent.Images),
            (EndpointId.ImageEdits, Absent.Images),
            (EndpointId.ImageVariations, Absent.Images),
            (EndpointId.Messages, Support.Needs("0.4.1 or newer.")),
            (EndpointId.MessageCountTokens, Absent.InputTokens),
            (EndpointId.MessageBatches, Absent.MessageBatches),
            (EndpointId.Tokenize, Absent.TokenIds),
            (EndpointId.Detokenize, Absent.TokenIds),
            (EndpointId.Files, Absent.AccountObjects),
            (EndpointId.Batches, Absent.AccountObjects),
            (EndpointId.Realtime, Absent.Realtime)),
        // There is no health path (#920), and every unknown path answers 200 (#618, #1323, #2085): only this body tells.
        Health = new HealthProbe
        {
            Path = "/v1/models",
            SendsKey = true,
            Rules =
            [
                // Nothing is loaded and loading on demand is off (#726): no request can be answered.
                new(EngineState.Degraded, 200, body => Squeeze(body).Contains("\"data\":[]", StringComparison.Ordinal)),
                new(EngineState.Ready, 200, body => Squeeze(body).Contains("\"data\":[", StringComparison.Ordinal)),
            ],
            Note = "There is no health path and every path answers 200, so the body of the model list decides. A list without a model is not ready.",
        },
        Auth = UpstreamAuth.Bearer("Developer settings, Require Authentication"),
        Models = new ModelListing { OwnedBy = "lmstudio", Note = "Entries have no `created`. With on-demand loading every downloaded model is listed, otherwise only loaded ones." },
        Errors = LmStudioErrors.Dialect,
        Requests = new RequestDialect
        {
            Fixes =
            [
                // #189; that this schema is taken and keeps to any object was tried on 0.4.20 (webai-at-home/webai-at-home#219).
                new("response_format", AsSchema, "`json_object` is refused, so the schema that means the same, any object, is sent in its place.", [EndpointId.ChatCompletions]),
            ],
            // How long models stay loaded, which other model drafts, stored settings, tool servers.
            StripFields = ["ttl", "draft_model", "preset", "integrations"],
        },
        Responses = new ResponseDialect
        {
            Reasoning = ReasoningField.Either,
            Notes = ["A 200 that contains an error becomes an error status."],
        },
        // lmstudio-js LMStudioClient.ts:214
        Detection = new Detection([1234], "/lmstudio-greeting", answer => answer.Status == 200 && Squeeze(answer.Body).Contains("\"lmstudio\":true", StringComparison.Ordinal)),
        Deployment = new Deployment
        {
            BaseUrl = "http://host.docker.internal:1234/v1",
            LocalBaseUrl = "http://127.0.0.1:1234/v1",
            ModelName = "The id of a model as LM Studio lists it; the server must be started, and must serve on the local network if the gateway runs in a container.",
            ModelExample = "qwen3-8b",
            Prefix = "LMSTUDIO_",
        },
    };

    /// <summary>The text without its white space: LM Studio indents its JSON.</summary>
    private static string Squeeze(string body) => string.Concat(body.Where(character => !char.IsWhiteSpace(character)));

    private static FieldEdit AsSchema(ReadOnlySpan<byte> value) =>
        Squeeze(Encoding.UTF8.GetString(value)) == """{"type":"json_object"}""" ? FieldEdit.Replace(AnyObject) : FieldEdit.Keep;
}
