using Gateway.Demo.Answers;
using Gateway.Demo.Protocol;

namespace Gateway.Demo.Routes;

/// <summary>The Responses API, without anything kept: whole or as events.</summary>
internal static class Responses
{
    public static async Task<DemoError?> AnswerAsync(DemoExchange exchange)
    {
        var conversation = ResponsesReader.Read(exchange.Request);
        var stream = exchange.Request.Flag("stream");
        if (exchange.Request.Fault is { } fault)
        {
            return fault;
        }

        var (answer, error) = Composer.Compose(conversation, "input");
        if (answer is null)
        {
            return error;
        }

        var response = new ResponseObject(exchange.Request, answer, exchange.Now);
        await (stream ? new ResponseStream(exchange.OpenStream(), response).WriteAsync() : exchange.WriteAsync(json => response.Write(json, final: true)));
        return null;
    }
}
