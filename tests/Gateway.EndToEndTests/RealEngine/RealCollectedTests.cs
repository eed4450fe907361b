using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;
using Xunit;

namespace Gateway.EndToEndTests.RealEngine;

/// <summary>What the gateway puts together of a real engine's stream, member by member beside what that engine answers in one piece.</summary>
public sealed class RealCollectedTests : IAsyncLifetime
{
    private const string Greedy = "\"temperature\":0,\"seed\":7";
    private const string Tools = """ "tools":[{"type":"function","function":{"name":"lookup","description":"look up","parameters":{"type":"object","properties":{"word":{"type":"string","maxLength":8}},"required":["word"]}}}] """;
    private const string Schema = """ "response_format":{"type":"json_schema","json_schema":{"name":"c","schema":{"type":"object","properties":{"color":{"enum":["red","green"]}},"required":["color"]}}} """;

    private LlamaServer? _server;
    private RunningGateway? _gateway;

    public static TheoryData<string, string> Requests => new()
    {
        { "/v1/chat/completions", $$"""{"messages":[{"role":"user","content":"hello the gateway"}],"max_tokens":24,{{Greedy}}}""" },
        { "/v1/chat/completions", $$"""{"messages":[{"role":"user","content":"hello"}],"max_tokens":3,"stream":false,{{Greedy}}}""" },
        { "/v1/chat/completions", $$"""{"messages":[{"role":"user","content":"hello"}],"max_tokens":4,"n":2,{{Greedy}}}""" },
        { "/v1/chat/completions", $$"""{"messages":[{"role":"user","content":"hi"}],"max_tokens":4,"logprobs":true,"top_logprobs":2,{{Greedy}}}""" },
        { "/v1/chat/completions", $$"""{"messages":[{"role":"user","content":"look up"}],"max_tokens":120,"tool_choice":"required",{{Tools}},{{Greedy}}}""" },
        { "/v1/chat/completions", $$"""{"messages":[{"role":"user","content":"look up"}],"max_tokens":120,"tool_choice":"none",{{Tools}},{{Greedy}}}""" },
        { "/v1/chat/completions", $$"""{"messages":[{"role":"user","content":"a color"}],"max_tokens":60,{{Schema}},{{Greedy}}}""" },
        { "/v1/chat/completions", $$"""{"messages":[{"role":"user","content":"hello"}],"max_tokens":20,"stop":["the"],{{Greedy}}}""" },
        { "/v1/chat/completions", $$"""{"messages":[{"role":"user","content":"hello"}],"max_tokens":4,"timings_per_token":true,{{Greedy}}}""" },
        { "/v1/completions", $$"""{"prompt":"hello the","max_tokens":6,{{Greedy}}}""" },
        { "/v1/completions", $$"""{"prompt":"hello the","max_tokens":4,"logprobs":2,{{Greedy}}}""" },
        { "/v1/completions", $$"""{"prompt":["hello the","a key"],"max_tokens":4,{{Greedy}}}""" },
    };

    public async Task InitializeAsync()
    {
        if (RealEngineFiles.SkipReason is not null)
        {
            return;
        }

        _server = await LlamaServer.StartAsync("-a", "tiny", "-np", "2", "--api-key", RealGatewayFixture.EngineKey);
        _gateway = await RunningGateway.StartAsync(new Dictionary<string, string>
        {
            ["BACKEND_KIND"] = "llamacpp",
            ["BACKEND_BASE_URL"] = _server.BaseUrl.ToString(),
            ["BACKEND_API_KEY"] = RealGatewayFixture.EngineKey,
            ["GATEWAY_STREAM_PLAIN"] = "auto",
        });
        await _gateway.WaitForModelsAsync();
    }

    public async Task DisposeAsync()
    {
        if (_gateway is not null)
        {
            await _gateway.DisposeAsync();
        }

        _server?.Dispose();
    }

    [RealEngineTheory]
    [MemberData(nameof(Requests))]
    public async Task Plain_CollectedOrInOnePiece_IsTheSameAnswer(string path, string body)
    {
        using var engine = new HttpClient { BaseAddress = _server!.BaseUrl };
        engine.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", RealGatewayFixture.EngineKey);

        // Asked once before, so that both find the same in the engine's cache.
        await AskAsync(engine, path, body);
        var own = await AskAsync(engine, path, body);
        var collected = await AskAsync(_gateway!.Client, path, body);

        Assert.Equal(Comparable(own, severalCounted: false), Comparable(collected, severalCounted: true));
    }

    private static async Task<string> AskAsync(HttpClient client, string path, string body)
    {
        using var answer = await client.SendAsync(SampleRequest.Post(path, body));
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, text);
        return text;
    }

    // What is new in every answer is left out, and so is the order of members.
    private static string Comparable(string json, bool severalCounted)
    {
        var answer = JsonNode.Parse(json)!.AsObject();
        Assert.All((string[])["id", "created", "timings"], name => Assert.True(answer.Remove(name), $"{name} is missing in {json}"));
        Assert.True(answer["usage"]!["prompt_tokens_details"]!.AsObject().Remove("cached_tokens"));
        if (answer["choices"]!.AsArray().Count > 1)
        {
            // The engine counts the tokens of one choice, and which is a matter of chance.
            Assert.True(answer["usage"]!["completion_tokens"]!.GetValue<int>() >= (severalCounted ? 4 : 1));
            answer.Remove("usage");
        }

        // Beside a tool call the engine says "" in one piece and null in a stream; null is what OpenAI says.
        foreach (var message in answer["choices"]!.AsArray().Select(static choice => choice!["message"] as JsonObject).Where(static message => message?["tool_calls"] is not null))
        {
            message!["content"] = message["content"]?.GetValue<string>() is { Length: > 0 } text ? text : null;
        }

        return Sorted(answer).ToJsonString(new JsonSerializerOptions { WriteIndented = true });
    }

    private static JsonNode Sorted(JsonNode node) => node switch
    {
        JsonObject members => new JsonObject(members.Where(member => !(member.Key == "id" && members.ContainsKey("function"))).OrderBy(member => member.Key, StringComparer.Ordinal).Select(member => KeyValuePair.Create(member.Key, member.Value is null ? null : (JsonNode?)Sorted(member.Value)))),
        JsonArray items => new JsonArray([.. items.Select(item => item is null ? null : Sorted(item))]),
        JsonValue value when value.GetValueKind() == JsonValueKind.Number => JsonValue.Create(Math.Round(value.GetValue<double>(), 2)),
        _ => node.DeepClone(),
    };
}
