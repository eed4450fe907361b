using System.Text;
using System.Text.Json;
using Gateway.Core.Errors;
using Gateway.Proxy.Translation;
using Xunit;

namespace Gateway.Tests.Translation;

/// <summary>Whole exchanges: a request and the chat request that it comes to, an engine's answer and the caller's, plain and streamed.</summary>
public sealed class MessagesFixtureTests
{
    private static readonly string Folder = Path.Combine(Clone.Root, "tests", "fixtures", "translation", "messages");

    public static TheoryData<string> Names => [.. Directory.GetFiles(Folder, "*.json").Select(file => Path.GetFileNameWithoutExtension(file)).Order()];

    [Fact]
    public void Fixtures_AreAllThere() => Assert.Equal(28, Names.Count);

    [Theory]
    [MemberData(nameof(Names))]
    public void Exchange_IsTranslated_AsTheFixtureSays(string name)
    {
        var fixture = new MessagesFixture();
        using var file = JsonDocument.Parse(File.ReadAllText(Path.Combine(Folder, name + ".json")));
        foreach (var turn in file.RootElement.GetProperty("turns").EnumerateArray())
        {
            var request = JsonDocument.Parse(fixture.Filled(turn.GetProperty("request"))).RootElement;
            if (turn.TryGetProperty("refused", out var refused))
            {
                var error = MessagesRig.Refused(request.GetRawText());
                Assert.Equal(refused.GetProperty("status").GetInt32(), error.Status);
                fixture.Match(refused.GetProperty("body"), JsonDocument.Parse(ErrorWriter.Envelope(error, anthropic: true)).RootElement, "refused");
                continue;
            }

            CheckRequest(fixture, turn, MessagesRig.Create(request.GetRawText()));
            CheckPlain(fixture, turn, request);
            CheckStream(fixture, turn, request);
        }
    }

    private static void CheckRequest(MessagesFixture fixture, JsonElement turn, MessagesTranslation translation)
    {
        Assert.False(translation.Streams);
        var chat = JsonDocument.Parse(translation.Body).RootElement;
        if (turn.TryGetProperty("upstream_request", out var expected))
        {
            fixture.Match(JsonDocument.Parse(fixture.Filled(expected)).RootElement, chat, "");
        }

        foreach (var rule in turn.TryGetProperty("rules", out var rules) ? rules.EnumerateArray() : [])
        {
            MessagesRules.Check(rule, chat, Encoding.UTF8.GetString(translation.Body.Span));
            Assert.DoesNotContain(translation.LeftOut, name => name.Contains("CANARY", StringComparison.Ordinal));
        }
    }

    private static void CheckPlain(MessagesFixture fixture, JsonElement turn, JsonElement request)
    {
        if (!turn.TryGetProperty("plain", out var plain))
        {
            return;
        }

        var answer = MessagesRig.TryAnswer(fixture.Filled(plain.GetProperty("upstream").GetProperty("body")), request.GetRawText());
        var expected = plain.GetProperty("expected");
        Assert.Equal(expected.GetProperty("status").GetInt32() == 200, answer is not null);
        if (answer is { } given)
        {
            fixture.Match(JsonDocument.Parse(fixture.Filled(expected.GetProperty("body"))).RootElement, given, "");
        }
    }

    private static void CheckStream(MessagesFixture fixture, JsonElement turn, JsonElement request)
    {
        if (!turn.TryGetProperty("streamed", out var streamed))
        {
            return;
        }

        var translation = MessagesRig.Create(request.GetRawText()[..^1] + ",\"stream\":true}");
        Assert.True(translation.Streams);
        var chat = JsonDocument.Parse(translation.Body).RootElement;
        Assert.True(chat.GetProperty("stream").GetBoolean() && chat.GetProperty("stream_options").GetProperty("include_usage").GetBoolean());

        var upstream = streamed.GetProperty("upstream");
        var chunks = upstream.GetProperty("events").EnumerateArray().Select(chunk => chunk.GetRawText());
        var events = MessagesLifecycle.Events(MessagesRig.Events(translation, chunks, upstream.GetProperty("end").GetString() == "cut"));
        MessagesLifecycle.Read(events);

        var (expected, given) = (MessagesRules.Joined([.. streamed.GetProperty("expected").GetProperty("events").EnumerateArray()]), MessagesRules.Joined(events));
        Assert.Equal(expected.Select(MessagesRules.Kind), given.Select(MessagesRules.Kind));
        for (var i = 0; i < expected.Count; i++)
        {
            fixture.Match(expected[i], given[i], $"{i}");
        }
    }
}
