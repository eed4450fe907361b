using System.ClientModel;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Gateway.Generator.Compose;
using OpenAI;

namespace Gateway.ComposeTests;

/// <summary>A gateway and one engine that <c>make up</c> has started, and how clients meet them.</summary>
internal sealed class Running : IAsyncDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(2);

    private Running(Workplace place)
    {
        Place = place;
        Client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{place.Port}"), Timeout = Deadline };
        Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", place.Key);
    }

    public Workplace Place { get; }

    public HttpClient Client { get; }

    /// <summary>A place with the <c>.env</c> of an engine, and its model where it needs a file.</summary>
    public static async Task<Workplace> PrepareAsync(string id, params (string Name, string Value)[] variables)
    {
        DockerSetup.MakeFakeEngines();
        var place = new Workplace();
        place.Set(ContainerEngines.OnCpu(id));
        place.Set(variables.ToDictionary());
        (await place.MakeAsync($"env-{id}")).Succeeded();
        if (ComposeService.ModelFile(ContainerEngines.Container(id)) is not null)
        {
            place.AddModel();
        }

        return place;
    }

    public static async Task<Running> StartAsync(string id, params (string Name, string Value)[] variables)
    {
        var place = await PrepareAsync(id, variables);
        try
        {
            (await place.MakeAsync("up", $"BACKEND={id}")).Succeeded();
            return new Running(place);
        }
        catch
        {
            await place.DisposeAsync();
            throw;
        }
    }

    /// <summary>Around something that is up already.</summary>
    public static Running Of(Workplace place) => new(place);

    /// <summary>The first model that is listed.</summary>
    public async Task<string> ModelAsync()
    {
        var list = await Client.GetFromJsonAsync<JsonElement>("/v1/models");
        return list.GetProperty("data")[0].GetProperty("id").GetString()!;
    }

    /// <summary>One question by the official client: how many tokens its answer has.</summary>
    public async Task<int> AskAsync(string model)
    {
        var client = new OpenAIClient(new ApiKeyCredential(Place.Key), new OpenAIClientOptions { Endpoint = new Uri(Client.BaseAddress!, "/v1") });
        var answer = await client.GetChatClient(model).CompleteChatAsync("What is the capital of France?");
        return answer.Value.Usage.OutputTokenCount;
    }

    public Task<HttpResponseMessage> ChatAsync(string model, bool stream = false)
    {
        var json = $$"""{"model":{{JsonSerializer.Serialize(model)}},"messages":[{"role":"user","content":"Hello"}],"stream":{{(stream ? "true" : "false")}}}""";
        var request = new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions") { Content = new StringContent(json, Encoding.UTF8, "application/json") };
        return Client.SendAsync(request, stream ? HttpCompletionOption.ResponseHeadersRead : HttpCompletionOption.ResponseContentRead);
    }

    /// <summary>A stream that goes on until the context is full: the token that would end it cannot come.</summary>
    public Task<HttpResponseMessage> EndlessAsync(string model)
    {
        var json = $$"""{"model":{{JsonSerializer.Serialize(model)}},"messages":[{"role":"user","content":"Hello"}],"stream":true,"logit_bias":{"260":-100} }""";
        var request = new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions") { Content = new StringContent(json, Encoding.UTF8, "application/json") };
        return Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }

    /// <summary>The status of one question; a 503 without a time to come back at is a fault.</summary>
    public async Task<HttpStatusCode> StatusAsync(string model)
    {
        using var answer = await ChatAsync(model);
        return answer.StatusCode != HttpStatusCode.ServiceUnavailable || answer.Headers.RetryAfter is not null
            ? answer.StatusCode
            : throw new InvalidOperationException("A 503 came without Retry-After.");
    }

    public Task WaitForAnswerAsync(string model) => UntilAsync(async () => await StatusAsync(model) == HttpStatusCode.OK, $"an answer of {model}");

    public Task WaitForHealthAsync(string service) =>
        UntilAsync(async () => await Place.InspectAsync(service, "{{.State.Health.Status}}") == "healthy", $"{service} to be healthy");

    public static async Task UntilAsync(Func<Task<bool>> condition, string what)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (!await condition())
        {
            if (TimeProvider.System.GetElapsedTime(start) > Deadline)
            {
                throw new TimeoutException($"Waited in vain for {what}.");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
        }
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Place.DisposeAsync();
    }
}
