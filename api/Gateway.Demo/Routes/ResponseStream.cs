using System.Text.Json;
using Gateway.Demo.Protocol;

namespace Gateway.Demo.Routes;

/// <summary>A response as named events, numbered in their order.</summary>
internal sealed class ResponseStream(EventStream events, ResponseObject response)
{
    private int _sequence;

    public async Task WriteAsync()
    {
        await SendAsync("response.created", json => WriteResponse(json, final: false));
        await SendAsync("response.in_progress", json => WriteResponse(json, final: false));
        await SendAsync("response.output_item.added", json => WriteItem(json, final: false));
        await (response.Answer.Tool is null ? WriteTextAsync() : WriteArgumentsAsync());
        await SendAsync("response.output_item.done", json => WriteItem(json, final: true));
        await SendAsync($"response.{response.FinalState}", json => WriteResponse(json, final: true));
    }

    private async Task WriteTextAsync()
    {
        await SendAsync("response.content_part.added", json => WritePart(json, ""));
        foreach (var word in response.Answer.Words)
        {
            await events.PauseAsync();
            await SendAsync("response.output_text.delta", json => WriteText(json, "delta", word));
        }

        await SendAsync("response.output_text.done", json => WriteText(json, "text", response.Answer.Text));
        await SendAsync("response.content_part.done", json => WritePart(json, response.Answer.Text));
    }

    private async Task WriteArgumentsAsync()
    {
        foreach (var word in response.Answer.Words)
        {
            await events.PauseAsync();
            await SendAsync("response.function_call_arguments.delta", json =>
            {
                WritePlace(json);
                json.WriteString("delta"u8, word);
            });
        }

        await SendAsync("response.function_call_arguments.done", json =>
        {
            WritePlace(json);
            json.WriteString("name"u8, response.Answer.Tool);
            json.WriteString("arguments"u8, response.Answer.Text);
        });
    }

    private Task SendAsync(string type, Action<Utf8JsonWriter> body) => events.SendAsync(
        json =>
        {
            json.WriteStartObject();
            json.WriteString("type"u8, type);
            json.WriteNumber("sequence_number"u8, _sequence++);
            body(json);
            json.WriteEndObject();
        },
        type);

    private void WriteResponse(Utf8JsonWriter json, bool final)
    {
        json.WritePropertyName("response"u8);
        response.Write(json, final);
    }

    private void WriteItem(Utf8JsonWriter json, bool final)
    {
        json.WriteNumber("output_index"u8, 0);
        json.WritePropertyName("item"u8);
        response.WriteItem(json, final);
    }

    private void WritePart(Utf8JsonWriter json, string text)
    {
        WritePlace(json);
        json.WriteNumber("content_index"u8, 0);
        json.WritePropertyName("part"u8);
        ResponseObject.WritePart(json, text);
    }

    private void WriteText(Utf8JsonWriter json, string member, string text)
    {
        WritePlace(json);
        json.WriteNumber("content_index"u8, 0);
        json.WriteString(member, text);
        json.WriteStartArray("logprobs"u8);
        json.WriteEndArray();
    }

    private void WritePlace(Utf8JsonWriter json)
    {
        json.WriteString("item_id"u8, response.ItemId);
        json.WriteNumber("output_index"u8, 0);
    }
}
