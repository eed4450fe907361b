using System.Text.Json;
using Gateway.Engines;
using Gateway.Engines.Endpoints;

namespace Gateway.Fakes;

/// <summary>What the engine answers when nothing goes wrong: its fixtures, chosen by what the request asks for.</summary>
internal static class DefaultAnswer
{
    private const string EventStream = "text/event-stream";

    public static async Task SendAsync(Exchange exchange)
    {
        if (Stream(exchange) is { } stream)
        {
            exchange.Head(200, EventStream);
            foreach (var frame in Frames.Split(stream))
            {
                await exchange.FlushAsync(frame);
            }

            return;
        }

        var (contentType, body) = Body(exchange);
        await exchange.SendAsync(200, contentType, body);
    }

    /// <summary>The stream of this request's endpoint, or null when none was asked for or there is none.</summary>
    public static byte[]? Stream(Exchange exchange)
    {
        if (!exchange.Streams || exchange.Endpoint is not { } endpoint)
        {
            return null;
        }

        var stream = exchange.Dialect.Fixtures.Find(Name(exchange, ".sse"));
        return stream is null || SendsUsage(exchange, endpoint) ? stream : Frames.WithoutUsage(stream);
    }

    public static (string ContentType, byte[] Body) Body(Exchange exchange)
    {
        var name = Name(exchange, ".json");
        if (exchange.Dialect.Fixtures.Find(name) is not { } body)
        {
            return ("application/json", JsonSerializer.SerializeToUtf8Bytes(new { @object = Path.GetFileNameWithoutExtension(name), id = "fixture" }));
        }

        return ("application/json", Adapted.Apply(exchange, body));
    }

    /// <summary>The file that holds the answer: the one with tool calls where tools are given.</summary>
    public static string Name(Exchange exchange, string extension)
    {
        var name = Dialect.FixtureName(exchange.Endpoint!);
        var tools = Exchange.Member(exchange.Body, "tools");
        var withTools = tools.ValueKind == JsonValueKind.Array && tools.GetArrayLength() > 0 && exchange.Dialect.Fixtures.Has(name + "-tools" + extension);
        return name + (withTools ? "-tools" : "") + extension;
    }

    private static bool SendsUsage(Exchange exchange, EndpointSpec endpoint)
    {
        if (endpoint.Stream != StreamShape.Choices)
        {
            return true;
        }

        var dialect = exchange.Dialect.Profile.Responses;
        var usage = endpoint.Id == EndpointId.Completions ? dialect.CompletionUsage : dialect.ChatUsage;
        return usage != StreamUsage.OnRequest || Exchange.Flag(Exchange.Member(exchange.Body, "stream_options"), "include_usage");
    }
}
