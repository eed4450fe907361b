using Gateway.Demo.Protocol;

namespace Gateway.Demo.Routes;

/// <summary>Whether chat or a completion is streamed, and whether its usage is.</summary>
internal sealed record StreamSettings(bool Stream, bool IncludeUsage)
{
    public static StreamSettings Read(RequestReader request)
    {
        var stream = request.Flag("stream");
        var options = request.Member("stream_options");
        if (options is not null && !stream)
        {
            request.Fail("stream_options", "`stream_options` is only allowed when `stream` is true.");
        }

        return new StreamSettings(stream, options?.Member("include_usage") is { ValueKind: System.Text.Json.JsonValueKind.True });
    }
}
