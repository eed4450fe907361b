using System.Text.Json;

namespace Gateway.Demo;

/// <summary>Chat: answers whole or as a stream.</summary>
internal sealed class ChatEndpoint(DemoOptions options, TimeProvider clock)
{
    public async Task<DemoError?> AnswerAsync(HttpContext context, ChatRequest request)
    {
        if (request.FindFault() is { } fault)
        {
            return fault;
        }

        var (answer, error) = Composer.Compose(request);
        if (answer is null)
        {
            return error;
        }

        var choices = request.N ?? 1;
        var usage = new Usage(answer.PromptTokens, answer.Words.Count * choices);
        if (request.Stream is true)
        {
            await StreamAsync(context, answer, choices, usage, request.StreamOptions?.IncludeUsage is true);
        }
        else
        {
            Choice[] all = [.. Enumerable.Range(0, choices).Select(index => Whole(index, answer))];
            var body = new ChatCompletion(NewId("chatcmpl-"), "chat.completion", Now, DemoModel.Id, all, usage);
            await DemoJson.WriteAsync(context, StatusCodes.Status200OK, body, DemoJson.Wire.ChatCompletion);
        }

        return null;
    }

    private long Now => clock.GetUtcNow().ToUnixTimeSeconds();

    /// <summary>Each choice: the role, the words or arguments one by one and the finish reason; then the usage where asked for.</summary>
    private async Task StreamAsync(HttpContext context, Answer answer, int choices, Usage usage, bool includeUsage)
    {
        var events = new EventStream(context);
        var head = new ChatChunk(NewId("chatcmpl-"), "chat.completion.chunk", Now, DemoModel.Id, [], UsageOf(null));
        for (var index = 0; index < choices; index++)
        {
            await SendAsync(new ChunkChoice(index, First(answer), null));
            foreach (var word in answer.Words)
            {
                await Task.Delay(options.WordPause, clock, context.RequestAborted);
                await SendAsync(new ChunkChoice(index, Next(answer, word), null));
            }

            await SendAsync(new ChunkChoice(index, new Delta(), answer.FinishReason));
        }

        if (includeUsage)
        {
            await events.SendAsync(head with { Usage = UsageOf(usage) }, DemoJson.Wire.ChatChunk);
        }

        await events.SendDoneAsync();

        Task SendAsync(ChunkChoice choice) => events.SendAsync(head with { Choices = [choice] }, DemoJson.Wire.ChatChunk);
        JsonElement? UsageOf(Usage? value) => includeUsage ? JsonSerializer.SerializeToElement(value!, DemoJson.Wire.Usage) : null;
    }

    private static Choice Whole(int index, Answer answer)
    {
        var message = new AnswerMessage("assistant", answer.Tool is null ? answer.Text : null) { ToolCalls = CallsOf(answer, answer.Text) };
        return new Choice(index, message, answer.FinishReason);
    }

    private static Delta First(Answer answer) =>
        new() { Role = "assistant", Content = answer.Tool is null ? "" : null, ToolCalls = CallsOf(answer, "", index: 0) };

    private static Delta Next(Answer answer, string word) => answer.Tool is null
        ? new Delta { Content = word }
        : new Delta { ToolCalls = [new ToolCall { Index = 0, Function = new FunctionCall(null, word) }] };

    private static ToolCall[]? CallsOf(Answer answer, string arguments, int? index = null) => answer.Tool is null
        ? null
        : [new ToolCall { Index = index, Id = NewId("call_"), Type = "function", Function = new FunctionCall(answer.Tool, arguments) }];

    private static string NewId(string prefix) => prefix + Guid.NewGuid().ToString("N");
}
