using System.Text.Json;
using Gateway.Demo.Answers;
using Gateway.Demo.Protocol;

namespace Gateway.Demo.Routes;

/// <summary>Completions of one or several prompts, whole or as a stream.</summary>
internal static class Completions
{
    private const int MostChoices = 128;

    public static async Task<DemoError?> AnswerAsync(DemoExchange exchange)
    {
        var request = exchange.Request;
        var prompts = Prompt.ReadAll(request, "prompt");
        var settings = StreamSettings.Read(request);
        var count = request.Count("n", 1, MostChoices) ?? 1;
        var maxTokens = request.Count("max_tokens", 1, int.MaxValue);
        var stops = request.Texts("stop");
        if (prompts.Count * count > MostChoices)
        {
            request.Fail("prompt", $"The built-in demo engine gives {MostChoices} choices at most.");
        }

        if (request.Fault is { } fault)
        {
            return fault;
        }

        var answers = new List<Answer>();
        foreach (var prompt in prompts)
        {
            var (answer, error) = Composer.Compose(new Conversation { Messages = [new(Speaker.User, prompt.Text)], MaxTokens = maxTokens, Stops = stops }, "prompt");
            if (answer is null)
            {
                return error;
            }

            answers.AddRange(Enumerable.Repeat(answer, count));
        }

        var usage = new Usage(prompts.Sum(prompt => prompt.Tokens), answers.Sum(answer => answer.Words.Count));
        var head = new AnswerHead(DemoExchange.NewId("cmpl-"), exchange.Now);
        await (settings.Stream
            ? StreamAsync(exchange.OpenStream(), head, answers, settings.IncludeUsage ? usage : null)
            : exchange.WriteAsync(json => WriteAll(json, head, answers, usage)));
        return null;
    }

    private static void WriteAll(Utf8JsonWriter json, AnswerHead head, List<Answer> answers, Usage usage)
    {
        json.WriteStartObject();
        head.Write(json, "text_completion");
        json.WriteStartArray("choices"u8);
        foreach (var (index, answer) in answers.Index())
        {
            WriteChoice(json, index, answer.Text, answer.FinishReason);
        }

        json.WriteEndArray();
        usage.Write(json);
        json.WriteEndObject();
    }

    private static async Task StreamAsync(EventStream events, AnswerHead head, List<Answer> answers, Usage? usage)
    {
        foreach (var (index, answer) in answers.Index())
        {
            foreach (var word in answer.Words)
            {
                await events.PauseAsync();
                await events.SendAsync(json => WriteChunk(json, head, json => WriteChoice(json, index, word, finish: null)));
            }

            await events.SendAsync(json => WriteChunk(json, head, json => WriteChoice(json, index, "", answer.FinishReason)));
        }

        if (usage is not null)
        {
            await events.SendAsync(json => WriteChunk(json, head, static _ => { }, usage));
        }

        await events.SendDoneAsync();
    }

    private static void WriteChunk(Utf8JsonWriter json, AnswerHead head, Action<Utf8JsonWriter> choice, Usage? usage = null)
    {
        json.WriteStartObject();
        head.Write(json, "text_completion");
        json.WriteStartArray("choices"u8);
        choice(json);
        json.WriteEndArray();
        usage?.Write(json);
        json.WriteEndObject();
    }

    private static void WriteChoice(Utf8JsonWriter json, int index, string text, string? finish)
    {
        json.WriteStartObject();
        json.WriteNumber("index"u8, index);
        json.WriteString("text"u8, text);
        json.WriteNull("logprobs"u8);
        json.WriteString("finish_reason"u8, finish);
        json.WriteEndObject();
    }
}
