using System.ClientModel;
using System.ClientModel.Primitives;
using System.Text.Json;
using Gateway.Engines.Endpoints;
using Gateway.Fakes;
using OpenAI;
using OpenAI.Chat;
using Xunit;

namespace Gateway.EndToEndTests.Sdk;

/// <summary>OpenAI's own .NET client, which knows nothing of a gateway, through the gateway in front of every engine.</summary>
public sealed class DotNetSdkTests(EnginePool engines) : IClassFixture<EnginePool>
{
    private const string Schema = """{"type":"object","properties":{"city":{"type":"string"},"population":{"type":"integer"}},"required":["city","population"],"additionalProperties":false}""";

    public static TheoryData<string> Engines => EngineRows.All;

    public static TheoryData<string> WithTools => EngineRows.Where(profile => new Fixtures(profile.Id).Has("chat-tools.json"));

    public static TheoryData<string> WithEmbeddings => EngineRows.Where(profile => profile.Endpoints[EndpointId.Embeddings].Served && new Fixtures(profile.Id).Has("embeddings.json"));

    public static TheoryData<string, string> Errors => EngineRows.Cases(fixtures => fixtures.Errors.Where(one => one.Endpoint == "/v1/chat/completions"));

    public static TheoryData<string, string> StreamErrors => EngineRows.Cases(fixtures => fixtures.StreamErrors.Where(one => one.Endpoint == "/v1/chat/completions"));

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Chat_EveryEngine_GivesTextReasonAndUsage(string engine)
    {
        var environment = await engines.ForAsync(engine);

        ChatCompletion answer = await Chat(environment).CompleteChatAsync(new UserChatMessage(SampleRequest.Prompt));

        Assert.Equal(StoredAnswer.Text(environment.Engine.Dialect.Fixtures), answer.Content[0].Text);
        Assert.Equal(StoredAnswer.Finish(environment.Engine.Dialect.Fixtures), answer.FinishReason.ToString().ToLowerInvariant());
        Assert.NotEmpty(answer.Id);
        Assert.True(answer.Usage.TotalTokenCount > 0);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Stream_EveryEngine_GivesTheWholeText(string engine)
    {
        var environment = await engines.ForAsync(engine);
        var updates = new List<StreamingChatCompletionUpdate>();

        await foreach (var update in Chat(environment).CompleteChatStreamingAsync(new UserChatMessage(SampleRequest.Prompt)))
        {
            updates.Add(update);
        }

        Assert.Equal(
            StoredAnswer.StreamedText(environment.Engine.Dialect.Fixtures),
            string.Concat(updates.SelectMany(update => update.ContentUpdate).Select(part => part.Text)));
        Assert.Equal(
            StoredAnswer.StreamedReason(environment.Engine.Dialect.Fixtures),
            updates.Select(update => update.FinishReason).Last(reason => reason is not null)!.Value.ToString().ToLowerInvariant());
    }

    [Theory]
    [MemberData(nameof(WithTools))]
    public async Task Tools_EveryEngine_AreCalledStreamedOrNot(string engine)
    {
        var environment = await engines.ForAsync(engine);
        var expected = StoredAnswer.ToolCall(environment.Engine.Dialect.Fixtures);
        var options = new ChatCompletionOptions { Tools = { ChatTool.CreateFunctionTool(expected.Name, "A tool.", BinaryData.FromString("""{"type":"object","properties":{}}""")) } };

        ChatCompletion answer = await Chat(environment).CompleteChatAsync([new UserChatMessage(SampleRequest.Prompt)], options);

        Assert.Equal(ChatFinishReason.ToolCalls, answer.FinishReason);
        Assert.Equal(expected.Name, answer.ToolCalls[0].FunctionName);
        Assert.Equal(expected.Arguments, answer.ToolCalls[0].FunctionArguments.ToString());
        await AssertStreamedToolCallAsync(environment, options, expected.Name);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Schema_EveryEngine_IsAnsweredWithJson(string engine)
    {
        var environment = await engines.ForAsync(engine);
        var options = new ChatCompletionOptions { ResponseFormat = ChatResponseFormat.CreateJsonSchemaFormat("city", BinaryData.FromString(Schema), jsonSchemaIsStrict: true) };

        ChatCompletion answer = await Chat(environment).CompleteChatAsync([new UserChatMessage(SampleRequest.Prompt)], options);

        Assert.Equal("Paris", JsonSerializer.Deserialize<JsonElement>(answer.Content[0].Text).GetProperty("city").GetString());
        Assert.Contains("additionalProperties", Assert.Single(environment.Engine.Requests.Work).Text, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(WithEmbeddings))]
    public async Task Embeddings_EveryEngine_AreTheNumbersOfTheEngine(string engine)
    {
        var environment = await engines.ForAsync(engine);

        var answer = await Client(environment).GetEmbeddingClient(environment.Engine.Model).GenerateEmbeddingsAsync([SampleRequest.Prompt]);

        Assert.Equal(StoredAnswer.Vector(environment.Engine.Dialect.Fixtures), answer.Value[0].ToFloats().ToArray());
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Models_EveryEngine_AreListedAndFound(string engine)
    {
        var environment = await engines.ForAsync(engine);
        var client = Client(environment).GetOpenAIModelClient();

        var models = await client.GetModelsAsync();
        var one = await client.GetModelAsync(environment.Engine.Model);

        Assert.Equal(environment.Engine.Dialect.Fixtures.Models.Select(model => model.Id), models.Value.Select(model => model.Id));
        Assert.Equal(environment.Engine.Model, one.Value.Id);
    }

    [Theory]
    [MemberData(nameof(Errors))]
    public async Task Error_EveryKind_IsTheExceptionItWouldBeForOpenAi(string engine, string name)
    {
        var environment = await engines.ForAsync(engine);
        var expect = environment.Engine.Dialect.Fixtures.Error(name).Expect;
        environment.Engine.Script.Always(Replies.Error(name));

        var error = await Assert.ThrowsAsync<ClientResultException>(() => Chat(environment).CompleteChatAsync(new UserChatMessage(SampleRequest.Prompt)));

        Assert.Equal(expect.Status, error.Status);
        Assert.Contains(expect.Message!, error.Message, StringComparison.Ordinal);
        Assert.Contains($"({expect.Type}: {expect.Code}", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(StreamErrors))]
    public async Task Stream_Fails_NeverLooksWhole(string engine, string name)
    {
        var environment = await engines.ForAsync(engine);
        environment.Engine.Script.Always(Replies.StreamError(name));

        // This client throws on the status of an error, and passes over an error event: then no reason tells that the answer is whole.
        ChatFinishReason? finish = null;
        var error = await Record.ExceptionAsync(async () =>
        {
            await foreach (var update in Chat(environment).CompleteChatStreamingAsync(new UserChatMessage(SampleRequest.Prompt)))
            {
                finish ??= update.FinishReason;
            }
        });

        Assert.True(error is not null || finish is null, $"The stream ended with {finish} and without an error.");
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Abort_StreamIsRunning_EndsTheEnginesWork(string engine)
    {
        var environment = await engines.ForAsync(engine);
        environment.Engine.Script.Next(Replies.StallAfterFrames(2));
        using var leaves = new CancellationTokenSource();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var update in Chat(environment).CompleteChatStreamingAsync([new UserChatMessage(SampleRequest.Prompt)], cancellationToken: leaves.Token))
            {
                await leaves.CancelAsync();
            }
        });

        await (await environment.WorkAsync()).Aborted.WaitAsync(Wait.Deadline);
    }

    private static async Task AssertStreamedToolCallAsync(TestEnvironment environment, ChatCompletionOptions options, string name)
    {
        var calls = new List<StreamingChatToolCallUpdate>();
        ChatFinishReason? reason = null;
        await foreach (var update in Chat(environment).CompleteChatStreamingAsync([new UserChatMessage(SampleRequest.Prompt)], options))
        {
            calls.AddRange(update.ToolCallUpdates);
            reason = update.FinishReason ?? reason;
        }

        Assert.Equal(ChatFinishReason.ToolCalls, reason);
        Assert.Contains(calls, call => call.FunctionName == name);
        Assert.Equal(JsonValueKind.Object, JsonSerializer.Deserialize<JsonElement>(string.Concat(calls.Where(call => call.Index == 0).Select(call => call.FunctionArgumentsUpdate?.ToString()))).ValueKind);
    }

    private static ChatClient Chat(TestEnvironment environment) => Client(environment).GetChatClient(environment.Engine.Model);

    private static OpenAIClient Client(TestEnvironment environment) => new(
        new ApiKeyCredential(RunningGateway.ClientKey),
        new OpenAIClientOptions { Endpoint = new Uri(environment.Gateway.Url, "/v1"), RetryPolicy = new ClientRetryPolicy(maxRetries: 0), NetworkTimeout = Wait.Deadline });
}
