using System.Net;
using System.Text;
using Xunit;

namespace Gateway.EndToEndTests;

/// <summary><c>GATEWAY_MEDIA_URLS=deny</c> over every kind of body: JSON of any route, forms, and what is written in stored files.</summary>
public sealed class MediaDenyTests
{
    private const string Address = "http://169.254.169.254/latest";

    [Theory]
    [InlineData("localai", "/v1/images/generations", """{"model":"MODEL","prompt":"x","file":"URL"}""", "file")]
    [InlineData("localai", "/v1/images/generations", """{"model":"MODEL","prompt":"x","ref_images":["URL"]}""", "ref_images[0]")]
    [InlineData("sglang", "/v1/embeddings", """{"model":"MODEL","input":[{"text":"x"},{"image":"/etc/passwd"}]}""", "input[1].image")]
    [InlineData("tgi", "/v1/chat/completions", """{"model":"MODEL","messages":[{"role":"user","content":[{"type":"text","text":"!["},{"type":"text","text":"](URL)"}]}]}""", "messages[0].content[1].text")]
    [InlineData("vllm", "/v1/messages", """{"model":"MODEL","max_tokens":1,"messages":[{"role":"user","content":[{"type":"image","source":{"type":"url","url":"URL"}}]}]}""", "messages[0].content[0].source.url")]
    [InlineData("openai", "/v1/threads", """{"messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"URL"}}]}]}""", "messages[0].content[0].image_url.url")]
    [InlineData("openai", "/v1/conversations", """{"items":[{"type":"message","role":"user","content":[{"type":"input_image","image_url":"URL"}]}]}""", "items[0].content[0].image_url")]
    [InlineData("openai", "/v1/batches", """{"input_file_id":"file-1","endpoint":"/v1/chat/completions"}""", "input_file_id")]
    public async Task Json_WithAnAddress_IsRefusedByItsPath(string engine, string path, string body, string param)
    {
        await using var environment = await TestEnvironment.StartAsync(engine, ("GATEWAY_MEDIA_URLS", "deny"));

        using var answer = await environment.Client.SendAsync(SampleRequest.Post(path, body.Replace("MODEL", environment.Engine.Model, StringComparison.Ordinal).Replace("URL", Address, StringComparison.Ordinal)));
        var text = await answer.Content.ReadAsStringAsync();

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Empty(environment.Engine.Requests.Work);
        Assert.Contains(param, text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("image", Address, false)]
    [InlineData("image[]", Address, false)]
    [InlineData("url", Address, false)]
    [InlineData("anything", Address, false)]
    [InlineData("image", "/etc/passwd", false)]
    [InlineData("prompt", Address, true)]
    [InlineData("anything", $"see {Address}", true)]
    public async Task Form_WithAnAddress_IsRefusedByTheNameOfItsPart(string name, string value, bool passes)
    {
        await using var environment = await TestEnvironment.StartAsync("localai", ("GATEWAY_MEDIA_URLS", "deny"));
        using var form = new MultipartFormDataContent
        {
            { new StringContent(environment.Engine.Model), "model" },
            { new ByteArrayContent(Encoding.ASCII.GetBytes($"RIFF {Address}")), "file", "http.wav" },
            { new StringContent(value), name },
        };

        using var answer = await environment.Client.PostAsync(new Uri("/v1/audio/transcriptions", UriKind.Relative), form);

        Assert.Equal(passes ? 1 : 0, environment.Engine.Requests.Work.Count);
        Assert.Equal(passes, !(await answer.Content.ReadAsStringAsync()).Contains("GATEWAY_MEDIA_URLS", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Json_OfAnyRoute_PassesAsItCameWhereItFetchesNothing()
    {
        await using var environment = await TestEnvironment.StartAsync("openai", ("GATEWAY_MEDIA_URLS", "deny"));
        const string Body = """ { "messages" :[{"role":"user","content":"see https://x"}],"metadata":{"url":"https://x"} } """;

        using var answer = await environment.Client.SendAsync(SampleRequest.Post("/v1/threads", Body));

        Assert.Equal(Body, Assert.Single(environment.Engine.Requests.Work).Text);
    }

    [Theory]
    [InlineData("https://x/a.png", false)]
    [InlineData("data:image/png;base64,iVBORw0KGgo=", true)]
    public async Task Upload_OfABatch_IsReadLineByLine(string address, bool passes)
    {
        await using var environment = await TestEnvironment.StartAsync("openai", ("GATEWAY_MEDIA_URLS", "deny"));
        const string First = """{"custom_id":"a","method":"POST","url":"/v1/chat/completions","body":{"model":"m","messages":[{"role":"user","content":"https://x"}]}}""";
        var image = $$$"""[{"type":"image_url","image_url":{"url":"{{{address}}}"}}]""";
        using var form = new MultipartFormDataContent
        {
            { new StringContent("batch"), "purpose" },
            { new StringContent($"{First}\n{First.Replace("\"https://x\"", image, StringComparison.Ordinal)}\n"), "file", "requests.jsonl" },
        };
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/files") { Content = form };

        using var answer = await environment.Client.SendAsync(request);

        Assert.Equal(passes, environment.Engine.Requests.Work.Count == 1);
        Assert.Equal(passes, answer.StatusCode != System.Net.HttpStatusCode.BadRequest);
    }
}
