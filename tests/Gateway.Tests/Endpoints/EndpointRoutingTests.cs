using System.Diagnostics;
using Gateway.Engines.Endpoints;
using Gateway.Proxy.Pipeline;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Gateway.Tests.Endpoints;

/// <summary>What is inside the table, by method and path, and above all what is not.</summary>
public sealed class EndpointRoutingTests
{
    private static readonly string[] Methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "get", "Post", "PROPFIND"];

    /// <summary>Endpoint, a path of it, and every method that leads to it there.</summary>
    private static readonly (EndpointId Id, string Path, string Methods)[] Table =
    [
        (EndpointId.ModelList, "/v1/models", "GET HEAD"),
        (EndpointId.ModelRetrieve, "/v1/models/gpt-4o", "GET HEAD"),
        (EndpointId.ModelRetrieve, "/v1/models/meta-llama/Llama-3.1-8B", "GET HEAD"),
        (EndpointId.ModelRetrieve, "/v1/models/llama3.1:8b", "GET HEAD"),
        (EndpointId.ModelRetrieve, "/v1/models/hf.co/a/b:Q4_K_M", "GET HEAD"),
        (EndpointId.ModelRetrieve, "/v1/models/meta-llama%2FLlama", "GET HEAD"),
        (EndpointId.ModelRetrieve, "/v1/models/with space/ünï", "GET HEAD"),
        (EndpointId.ChatCompletions, "/v1/chat/completions", "POST"),
        (EndpointId.Completions, "/v1/completions", "POST"),
        (EndpointId.Embeddings, "/v1/embeddings", "POST"),
        (EndpointId.Responses, "/v1/responses", "POST"),
        (EndpointId.ResponseRetrieve, "/v1/responses/resp_1", "GET"),
        (EndpointId.ResponseDelete, "/v1/responses/resp_1", "DELETE"),
        (EndpointId.ResponseCancel, "/v1/responses/resp_1/cancel", "POST"),
        (EndpointId.ResponseInputItems, "/v1/responses/resp_1/input_items", "GET"),
        (EndpointId.ResponseInputTokens, "/v1/responses/input_tokens", "POST"),
        (EndpointId.ResponseCompact, "/v1/responses/compact", "POST"),
        (EndpointId.Rerank, "/v1/rerank", "POST"),
        (EndpointId.Score, "/v1/score", "POST"),
        (EndpointId.Moderations, "/v1/moderations", "POST"),
        (EndpointId.AudioTranscriptions, "/v1/audio/transcriptions", "POST"),
        (EndpointId.AudioTranslations, "/v1/audio/translations", "POST"),
        (EndpointId.AudioSpeech, "/v1/audio/speech", "POST"),
        (EndpointId.ImageGenerations, "/v1/images/generations", "POST"),
        (EndpointId.ImageEdits, "/v1/images/edits", "POST"),
        (EndpointId.ImageVariations, "/v1/images/variations", "POST"),
        (EndpointId.Messages, "/v1/messages", "POST"),
        (EndpointId.MessageCountTokens, "/v1/messages/count_tokens", "POST"),
        (EndpointId.Tokenize, "/v1/tokenize", "POST"),
        (EndpointId.Detokenize, "/v1/detokenize", "POST"),
        (EndpointId.Files, "/v1/files", "GET POST DELETE"),
        (EndpointId.Files, "/v1/files/file-1", "GET POST DELETE"),
        (EndpointId.Files, "/v1/files/file-1/content", "GET POST DELETE"),
        (EndpointId.Batches, "/v1/batches", "GET POST"),
        (EndpointId.Batches, "/v1/batches/b/cancel", "GET POST"),
        (EndpointId.Realtime, "/v1/realtime", "GET"),
        (EndpointId.RealtimeSessions, "/v1/realtime", "POST DELETE"),
        (EndpointId.RealtimeSessions, "/v1/realtime/client_secrets", "GET POST DELETE"),
        (EndpointId.StoredChatCompletions, "/v1/chat/completions", "GET DELETE"),
        (EndpointId.StoredChatCompletions, "/v1/chat/completions/c/messages", "GET POST DELETE"),
        (EndpointId.Assistants, "/v1/assistants", "GET POST DELETE"),
        (EndpointId.Assistants, "/v1/assistants/a", "GET POST DELETE"),
        (EndpointId.Threads, "/v1/threads/t/runs/r/steps", "GET POST DELETE"),
        (EndpointId.VectorStores, "/v1/vector_stores/v/files", "GET POST DELETE"),
        (EndpointId.FineTuning, "/v1/fine_tuning/jobs/j/events", "GET POST DELETE"),
        (EndpointId.Uploads, "/v1/uploads/u/parts", "GET POST DELETE"),
        (EndpointId.Containers, "/v1/containers/c/files/f/content", "GET POST DELETE"),
        (EndpointId.Conversations, "/v1/conversations/c/items", "GET POST DELETE"),
        (EndpointId.Evals, "/v1/evals/e/runs", "GET POST DELETE"),
        (EndpointId.Videos, "/v1/videos/v/content", "GET POST DELETE"),
        (EndpointId.Skills, "/v1/skills", "GET POST DELETE"),
        (EndpointId.ChatKit, "/v1/chatkit/sessions", "GET POST DELETE"),
        (EndpointId.AudioVoices, "/v1/audio/voices", "GET POST DELETE"),
        (EndpointId.AudioVoiceConsents, "/v1/audio/voice_consents/v", "GET POST DELETE"),
        (EndpointId.ContentProvenance, "/v1/content_provenance_checks", "GET POST DELETE"),
    ];

    private static readonly RequestDelegate Router = BuildRouter();

    public static TheoryData<string> Paths => [.. Table.Select(row => row.Path).Distinct()];

    [Theory]
    [MemberData(nameof(Paths))]
    public void Match_PathOfTheTable_TakesItsMethodsAndNoOther(string path)
    {
        var rows = Table.Where(row => row.Path == path).ToArray();
        var allowed = rows.SelectMany(row => row.Methods.Split(' ')).ToArray();

        foreach (var method in Methods)
        {
            var match = (Spec: Route(method, path), Allowed: EndpointPaths.MethodsOf(path));

            var expected = rows.Where(row => row.Methods.Split(' ').Contains(method)).Select(row => (EndpointId?)row.Id).SingleOrDefault();
            Assert.Equal(expected, match.Spec?.Id);
            if (expected is null)
            {
                Assert.Equal(allowed.Order(), match.Allowed.Order());
            }
        }
    }

    [Fact]
    public void Table_EveryEndpoint_IsCovered() => Assert.Equal(Enum.GetValues<EndpointId>(), Table.Select(row => row.Id).Distinct().Order());

    [Theory]
    [InlineData("")]
    [InlineData("/")]
    [InlineData("/v1")]
    [InlineData("/v1/")]
    [InlineData("/v1/models/")]
    [InlineData("/v1/chat/completions/")]
    [InlineData("/v1/embeddings/")]
    [InlineData("/v1//embeddings")]
    [InlineData("//v1/embeddings")]
    [InlineData("/v1/embeddings/x")]
    [InlineData("/v1/Embeddings")]
    [InlineData("/V1/embeddings")]
    [InlineData("/v1/embeddings\0")]
    [InlineData("/v1/embeddings%20")]
    [InlineData("/embeddings")]
    [InlineData("/v2/embeddings")]
    [InlineData("/v1/files/")]
    [InlineData("/v1/files//x")]
    [InlineData("/v1/files/x/")]
    [InlineData("/v1/files/..")]
    [InlineData("/v1/files/./x")]
    [InlineData("/v1/files/../models")]
    [InlineData("/v1/files/x/../../models")]
    [InlineData("/v1/files/...")]
    [InlineData("/v1/files/..%2Fmodels")]
    [InlineData("/v1/files/%2e%2e/models")]
    [InlineData("/v1/files/a%2Fb")]
    [InlineData("/v1/files/a b")]
    [InlineData("/v1/files/a;b")]
    [InlineData("/v1/files/a\\b")]
    [InlineData("/v1/files/ünï")]
    [InlineData("/v1/files/a?b")]
    [InlineData("/v1/files/a#b")]
    [InlineData("/v1/filesystem")]
    [InlineData("/v1/responses/")]
    [InlineData("/v1/responses/..")]
    [InlineData("/v1/responses/a/b")]
    [InlineData("/v1/responses/a/b/cancel")]
    [InlineData("/v1/responses//cancel")]
    [InlineData("/v1/responses/../cancel")]
    [InlineData("/v1/responses/a%2Fb")]
    [InlineData("/v1/organization/admin_api_keys")]
    [InlineData("/v1/organization")]
    [InlineData("/v1/projects")]
    [InlineData("/v1/load_lora_adapter")]
    [InlineData("/v1/audio")]
    [InlineData("/metrics")]
    [InlineData("/slots")]
    [InlineData("/api/generate")]
    public void Match_PathOutsideTheTable_IsNothing(string path) =>
        Assert.All(Methods, method =>
        {
            var match = (Spec: Route(method, path), Allowed: EndpointPaths.MethodsOf(path));
            Assert.Null(match.Spec);
            Assert.Empty(match.Allowed);
        });

    [Theory]
    [InlineData("/v1/models/gpt-4o", "gpt-4o")]
    [InlineData("/v1/models/a/b:c", "a/b:c")]
    [InlineData("/v1/models/a%2Fb", "a/b")]
    [InlineData("/v1/models/a%2fb%2Fc", "a/b/c")]
    [InlineData("/v1/models/a/", "a/")]
    [InlineData("/v1/models/100%", "100%")]
    // The server has decoded everything but slashes already: a second decoding would find another model.
    [InlineData("/v1/models/a%41", "a%41")]
    public void TryGetModelId_Path_GivesTheIdWithItsSlashes(string path, string expected)
    {
        Assert.True(EndpointPaths.TryGetModelId(path, out var id));
        Assert.Equal(expected, id);
    }

    [Theory]
    [InlineData("/v1/models")]
    [InlineData("/v1/models/")]
    [InlineData("/v1/modelsx")]
    public void TryGetModelId_NoId_IsFalse(string path) => Assert.False(EndpointPaths.TryGetModelId(path, out _));

    private static EndpointSpec? Route(string method, string path)
    {
        var context = new DefaultHttpContext();
        context.Request.Method = method;
        context.Request.Path = new PathString(path.Length > 0 && path[0] != '/' ? "/" + path : path);
        Router(context).GetAwaiter().GetResult();
        return ProxyPipeline.EndpointOf(context);
    }

    private static RequestDelegate BuildRouter()
    {
        var services = new ServiceCollection().AddLogging().AddRouting().AddSingleton(new DiagnosticListener("tests")).BuildServiceProvider();
        var app = new ApplicationBuilder(services);
        app.UseRouting();
        app.UseEndpoints(static routes => ProxyPipeline.MapEndpoints(routes, static _ => static _ => Task.CompletedTask));
        return app.Build();
    }
}
