using Gateway.Engines.Endpoints;

namespace Gateway.Proxy.Responses;

/// <summary>The <c>type</c> values that begin and end a stream.</summary>
internal static class TypedEvents
{
    /// <summary>The event only says that an answer has begun.</summary>
    public static bool IsPreamble(string? type) => type is "response.created" or "response.queued" or "response.in_progress" or "message_start" or "ping";

    /// <summary>The event ends a stream of this shape.</summary>
    public static bool IsLast(StreamShape shape, string type) => shape switch
    {
        StreamShape.Responses => type is "response.completed" or "response.incomplete" or "response.failed" or "response.cancelled",
        StreamShape.Messages => type == "message_stop",
        StreamShape.None or StreamShape.Choices or StreamShape.TypedEvents => IsTypedEnd(type),
        _ => throw new InvalidOperationException($"{shape} has no end."),
    };

    private static bool IsTypedEnd(string type) =>
        type.EndsWith(".done", StringComparison.Ordinal) || type.EndsWith(".completed", StringComparison.Ordinal);
}
