using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Gateway.Engines.Endpoints;
using Gateway.Fakes;

namespace Gateway.EndToEndTests;

/// <summary>A sound request to each endpoint, as a client would send it.</summary>
internal static class SampleRequest
{
    /// <summary>The id that stands in the fixtures where the gateway fills one in: that of the request.</summary>
    public const string FixtureId = "new";

    public const string Prompt = "What is the capital of France?";

    private const string Messages = $$"""
        "messages":[{"role":"user","content":"{{Prompt}}"}]
        """;

    private static readonly Dictionary<EndpointId, string> Bodies = new()
    {
        [EndpointId.ChatCompletions] = Messages,
        [EndpointId.Completions] = $"\"prompt\":\"{Prompt}\"",
        [EndpointId.Messages] = $"\"max_tokens\":64,{Messages}",
        [EndpointId.MessageCountTokens] = Messages,
        [EndpointId.Rerank] = "\"query\":\"capital\",\"documents\":[\"Paris\",\"Rome\"]",
        [EndpointId.Score] = "\"text_1\":\"capital\",\"text_2\":[\"Paris\",\"Rome\"]",
        [EndpointId.Tokenize] = $"\"prompt\":\"{Prompt}\"",
        [EndpointId.Detokenize] = "\"tokens\":[1,2,3]",
        [EndpointId.AudioSpeech] = "\"input\":\"Paris\",\"voice\":\"alloy\"",
        [EndpointId.ImageGenerations] = $"\"prompt\":\"{Prompt}\"",
    };

    public static HttpRequestMessage To(EndpointSpec endpoint, string model, bool stream = false)
    {
        var request = new HttpRequestMessage(new HttpMethod(endpoint.Methods[0]), Path(endpoint, model));
        if (endpoint.Model == ModelLocation.Json)
        {
            request.Content = Json(Body(endpoint.Id, model, stream));
        }
        else if (endpoint.Model == ModelLocation.Form)
        {
            request.Content = Form(model);
        }

        return request;
    }

    public static HttpRequestMessage To(EndpointId endpoint, string model, bool stream = false) => To(EndpointCatalog.Find(endpoint), model, stream);

    /// <summary>Asks for what a fixture answers. Usage of a stream is asked for, so that nothing is hidden from the caller.</summary>
    public static HttpRequestMessage Asking(string file, string model)
    {
        var endpoint = EndpointOf(file)!;
        var stream = file.EndsWith(".sse", StringComparison.Ordinal);
        return stream && endpoint.Stream == StreamShape.Choices
            ? Post(endpoint.Route, $$$"""{"model":"{{{model}}}","prompt":"Hi","messages":[],"stream":true,"stream_options":{"include_usage":true}}""")
            : To(endpoint, model, stream);
    }

    /// <summary>The endpoint of a fixture: chat-tools.json is chat's, messages-count_tokens.json is not messages'.</summary>
    public static EndpointSpec? EndpointOf(string file) => EndpointCatalog.All
        .Where(spec => !spec.AnsweredHere && !spec.Family)
        .Select(spec => (Spec: spec, Name: Dialect.FixtureName(spec)))
        .Where(one => file.StartsWith(one.Name + ".", StringComparison.Ordinal) || file.StartsWith(one.Name + "-", StringComparison.Ordinal))
        .OrderByDescending(one => one.Name.Length)
        .Select(one => one.Spec)
        .FirstOrDefault();

    public static HttpRequestMessage Post(string path, string json) => new(HttpMethod.Post, path) { Content = Json(json) };

    /// <summary>The same request with an id of the test's own choice.</summary>
    public static HttpRequestMessage WithId(HttpRequestMessage request, string id)
    {
        request.Headers.Add("x-request-id", id);
        return request;
    }

    public static ByteArrayContent Json(string json) => Json(Encoding.UTF8.GetBytes(json));

    public static ByteArrayContent Json(byte[] json)
    {
        var content = new ByteArrayContent(json);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return content;
    }

    /// <summary>The public path with its placeholders filled.</summary>
    public static string Path(EndpointSpec endpoint, string model)
    {
        var path = endpoint.Route.Replace("{id}", "id_1", StringComparison.Ordinal).Replace("{**rest}", "id_1", StringComparison.Ordinal);
        return endpoint.Model == ModelLocation.Query ? $"{path}?model={Uri.EscapeDataString(model)}" : path;
    }

    public static string Chat(string model, bool stream = false, string more = "") =>
        $$"""{"model":{{JsonSerializer.Serialize(model)}},"messages":[{"role":"user","content":"{{Prompt}}"}]{{(stream ? ",\"stream\":true" : "")}}{{more}}}""";

    private static string Body(EndpointId endpoint, string model, bool stream)
    {
        var rest = Bodies.GetValueOrDefault(endpoint, $"\"input\":\"{Prompt}\"");
        return $$"""{"model":{{JsonSerializer.Serialize(model)}},{{rest}}{{(stream ? ",\"stream\":true" : "")}}}""";
    }

    private static MultipartFormDataContent Form(string model) => new("tests-boundary")
    {
        { new StringContent(model), "model" },
        { new ByteArrayContent([.. Enumerable.Range(0, 2048).Select(i => (byte)i)]), "file", "sound.wav" },
    };
}
