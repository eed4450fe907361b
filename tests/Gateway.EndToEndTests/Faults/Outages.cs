using System.Text;
using Gateway.Fakes;

namespace Gateway.EndToEndTests.Faults;

/// <summary>The ways in which an engine is out of order for a while, each with the deadline that it takes to notice.</summary>
internal static class Outages
{
    /// <summary>It does not listen: the engine has to be stopped, there is no reply for it.</summary>
    public const string Refused = "refuses connections";

    private const string Busy = """{"error":{"message":"busy","type":"server_error","param":null,"code":null}}""";

    public static IReadOnlyDictionary<string, Reply> Replies { get; } = new Dictionary<string, Reply>(StringComparer.Ordinal)
    {
        ["503"] = Fakes.Replies.Status(503, Busy),
        ["503 with Retry-After: 1"] = Fakes.Replies.Header("Retry-After", "1", Fakes.Replies.Status(503, Busy)),
        ["503 with Retry-After: 600"] = Fakes.Replies.Header("Retry-After", "600", Fakes.Replies.Status(503, Busy)),
        ["503 without a body"] = Fakes.Replies.Status(503),
        ["429"] = Fakes.Replies.Status(429, Busy),
        ["429 with Retry-After: 2"] = Fakes.Replies.Header("Retry-After", "2", Fakes.Replies.Status(429, Busy)),
        ["429, its quota is used up"] = Fakes.Replies.Status(429, """{"error":{"message":"Quota.","type":"insufficient_quota","param":null,"code":"insufficient_quota"}}"""),
        ["500"] = Fakes.Replies.Status(500, Busy),
        ["500, its core has died"] = Fakes.Replies.Error("engine_dead"),
        ["502"] = Fakes.Replies.Status(502, "<html>Bad gateway</html>", "text/html"),
        ["504"] = Fakes.Replies.Status(504, Busy),
        ["reset"] = Fakes.Replies.Cut(reset: true),
        ["closed"] = Fakes.Replies.Cut(reset: false),
        ["silence"] = Fakes.Replies.StallBeforeHeaders,
        ["silence after the headers"] = Fakes.Replies.StallAfterHeaders,
        ["a web page"] = Fakes.Replies.Html,
        ["no JSON"] = Fakes.Replies.Body("Segmentation fault"u8.ToArray()),
        ["nothing with status 200"] = Fakes.Replies.Body([]),
        ["an error in a stream of status 200"] = Fakes.Replies.Pieces([Encoding.UTF8.GetBytes($"data: {Busy}\n\n")]),
    };

    public static IEnumerable<string> All => [.. Replies.Keys, Refused];

    public static (string, string)[] Deadlines =>
        [("GATEWAY_HEADERS_TIMEOUT_SECONDS", "0.4"), ("GATEWAY_FIRST_TOKEN_TIMEOUT_SECONDS", "0.4"), ("GATEWAY_IDLE_TIMEOUT_SECONDS", "0.4")];
}
