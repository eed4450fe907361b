using System.Buffers.Text;
using System.Text.Json;
using Gateway.Proxy.Requests;

namespace Gateway.Proxy.Routing;

/// <summary>A guess at how long an answer will be, before it is there.</summary>
internal static class ExpectedTokens
{
    /// <summary>What a request allows is mostly far more than what it gets.</summary>
    private const int MostOfTypical = 4;

    /// <summary>The tokens that the request allows, within reason, or else as many as answers usually have.</summary>
    public static int Of(JsonMembers? body, double typical)
    {
        var most = typical * MostOfTypical;
        return (int)(body is not null && Allowed(body) is { } allowed ? Math.Clamp(allowed, 1, most) : typical);
    }

    private static long? Allowed(JsonMembers body)
    {
        var member = body.Find("max_completion_tokens"u8) ?? body.Find("max_tokens"u8) ?? body.Find("max_output_tokens"u8);
        return member is { Kind: JsonTokenType.Number } found && Utf8Parser.TryParse(body.Value(found), out long tokens, out _) ? tokens : null;
    }
}
