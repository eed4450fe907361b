using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Gateway.Proxy.Translation;
using Xunit;

namespace Gateway.Tests.Translation;

/// <summary>Whole exchanges: what the engine gets for a request, and what the client gets for the engine's answer, in one piece and streamed.</summary>
public sealed class ResponsesFixtureTests
{
    private static readonly string Folder = Path.Combine(Clone.Root, "tests/fixtures/translation");

    // Texts as people write them: what is carried keeps its escapes.
    private static readonly JsonSerializerOptions Written = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static TheoryData<string> Fixtures => [.. Directory.GetFiles(Path.Combine(Folder, "responses")).Select(static file => Path.GetFileNameWithoutExtension(file)).Order()];

    [Theory]
    [MemberData(nameof(Fixtures))]
    public void Exchange_InBothModes_IsAsExpected(string fixture)
    {
        var match = new ResponsesMatch((JsonObject)JsonNode.Parse(File.ReadAllText(Path.Combine(Folder, "response-base.json")))!);
        foreach (var template in JsonNode.Parse(File.ReadAllText(Path.Combine(Folder, "responses", fixture + ".json")))!["turns"]!.AsArray())
        {
            var turn = JsonNode.Parse(match.Fill(template!.ToJsonString(Written)))!;
            CheckRequest(turn, match);
            turn = JsonNode.Parse(match.Fill(template.ToJsonString(Written)))!;
            if (turn["plain"] is { } plain)
            {
                CheckPlain(turn, plain, match);
            }

            if (turn["streamed"] is { } streamed)
            {
                CheckStreamed(turn, streamed, match);
            }
        }
    }

    private static void CheckRequest(JsonNode turn, ResponsesMatch match)
    {
        if (turn["upstream_request"] is not { } expected)
        {
            return;
        }

        var translation = ResponsesRun.Create(turn["request"]!.ToJsonString(Written));
        match.Compare(expected, JsonNode.Parse(translation.Body.Span), "", true);
        foreach (var rule in turn["rules"]?.AsArray() ?? [])
        {
            Assert.Contains((string?)rule!["raw"] ?? "", Encoding.UTF8.GetString(translation.Body.Span), StringComparison.Ordinal);
        }

        var streamed = JsonNode.Parse(Streamed(turn).Body.Span)!.AsObject();
        Assert.True((bool)streamed["stream"]!);
        Assert.True((bool)streamed["stream_options"]!["include_usage"]!);
        streamed.Remove("stream");
        streamed.Remove("stream_options");
        match.Compare(expected, streamed, "", true);
    }

    private static void CheckPlain(JsonNode turn, JsonNode plain, ResponsesMatch match)
    {
        var answer = ResponsesRun.Plain(ResponsesRun.Create(turn["request"]!.ToJsonString(Written)), plain["upstream"]!["body"]!.ToJsonString(Written));
        match.Compare(plain["expected"]!["body"], answer, "", false);
    }

    private static void CheckStreamed(JsonNode turn, JsonNode streamed, ResponsesMatch match)
    {
        var translation = Streamed(turn);
        var output = new ArrayBufferWriter<byte>();
        foreach (var chunk in streamed["upstream"]!["events"]!.AsArray())
        {
            translation.WriteChunk(Encoding.UTF8.GetBytes(chunk!.ToJsonString(Written)), output);
        }

        if ((string?)streamed["upstream"]!["end"] == "done")
        {
            translation.WriteEnd(output);
        }
        else
        {
            translation.WriteFailure(502, "stream_interrupted", "The engine ended the stream before the answer was complete.", output);
        }

        var events = ResponsesRun.Events(output.WrittenSpan);
        var last = ResponsesLifecycle.Check(events);
        if (streamed["expected"] is { } expected)
        {
            // Its ids are those of the answer in one piece, which is another one here.
            new ResponsesMatch((JsonObject)JsonNode.Parse(File.ReadAllText(Path.Combine(Folder, "response-base.json")))!)
                .Compare(expected["events"], new JsonArray([.. events.Select(static one => one.DeepClone())]), "", false);
        }
        else
        {
            new ResponsesMatch([]).Compare(turn["plain"]!["expected"]!["body"]!["output"], last["output"], "", false);
            match.Compare(turn["plain"]!["expected"]!["body"]!["status"] ?? "completed", last["status"], "/status", false);
            match.Compare(turn["plain"]!["expected"]!["body"]!["incomplete_details"], last["incomplete_details"], "/incomplete_details", false);
        }
    }

    private static ResponsesTranslation Streamed(JsonNode turn)
    {
        var request = turn["request"]!.DeepClone();
        request["stream"] = true;
        return ResponsesRun.Create(request.ToJsonString(Written));
    }
}
