using System.Text;
using System.Text.Json;
using Gateway.Engines;
using Gateway.Engines.Endpoints;
using Gateway.Fakes;
using Gateway.Proxy.Responses;
using Xunit;

namespace Gateway.Tests.Engines;

/// <summary>Each profile's stream rules over its own engine's streams, sound and broken.</summary>
public sealed class StreamFixtureTests
{
    public static TheoryData<string, string> Streams => FixtureFolders.Files("*.sse");

    public static TheoryData<string, string> Failures => FixtureFolders.Rows(files => files.StreamErrors.Select(one => one.Case));

    [Theory]
    [MemberData(nameof(Streams))]
    public async Task Relay_StreamOfTheEngine_EndsWholeWithTheExpectedBytes(string engine, string file)
    {
        var files = new Fixtures(engine);
        var sent = files.Get(file);

        var (relay, received) = await RunAsync(engine, RouteOf(file), sent);

        Assert.Equal(Encoding.UTF8.GetString(files.Find(file.Replace(".sse", ".expect.sse", StringComparison.Ordinal)) ?? sent), received);
        Assert.Equal(RelayEnd.Complete, relay.End);
    }

    [Theory]
    [MemberData(nameof(Failures))]
    public async Task Relay_StreamThatFails_EndsInOneErrorOfTheRightMeaning(string engine, string name)
    {
        var failure = new Fixtures(engine).StreamError(name);

        var (relay, received) = await RunAsync(engine, failure.Endpoint, failure.Bytes);

        Assert.Contains(relay.End, new[] { RelayEnd.EngineError, RelayEnd.Interrupted });
        Assert.DoesNotContain("[DONE]", received, StringComparison.Ordinal);
        var frames = Frames.Split(Encoding.UTF8.GetBytes(received)).Select(frame => Encoding.UTF8.GetString(frame)).ToArray();
        var said = frames[..^1].Any(frame => !Frames.IsPreamble(Encoding.UTF8.GetBytes(frame)));
        Assert.Equal(failure.Expect.InBand, said);
        AssertError(failure.Expect, frames[^1]);
        if (relay.EngineError is { } error && !failure.Expect.InBand)
        {
            Assert.Equal(failure.Expect.Status, error.Status);
        }
    }

    private static void AssertError(ErrorExpectation expected, string frame)
    {
        var data = frame[(frame.IndexOf("data: ", StringComparison.Ordinal) + 6)..];
        var error = JsonSerializer.Deserialize<JsonElement>(data).GetProperty("error");
        Assert.Contains(expected.Message ?? "", error.GetProperty("message").GetString()!, StringComparison.Ordinal);
        Assert.True(expected.Type is null || expected.Type == error.GetProperty("type").GetString(), frame);

        // Nothing was committed, so a broken stream is answered as a failure of the engine, not as an interruption.
        var code = expected.Code == "upstream_error" ? "stream_interrupted" : expected.Code;
        Assert.True(code is null || code == error.GetProperty("code").GetString(), frame);
    }

    private static string RouteOf(string file)
    {
        var name = file[..file.IndexOf('.', StringComparison.Ordinal)];
        var spec = EndpointCatalog.All.Where(spec => spec.Stream != StreamShape.None)
            .OrderByDescending(spec => Dialect.FixtureName(spec).Length)
            .First(spec => name == Dialect.FixtureName(spec) || name.StartsWith(Dialect.FixtureName(spec) + "-", StringComparison.Ordinal));
        return spec.Route;
    }

    private static async Task<(SseRelay Relay, string Received)> RunAsync(string engine, string route, byte[] stream)
    {
        var profile = EngineCatalog.Find(engine)!;
        var shape = EndpointCatalog.All.First(spec => spec.Route == route).Stream;
        AnswerInspector inspector = shape == StreamShape.Choices ? new ChoicesInspector(profile.Responses, hidesUsage: false, "new") : new TypedInspector(shape, profile.Responses);
        using var relay = new SseRelay(new MemoryStream(stream), inspector, shape, new ProfileObserver(profile));
        using var received = new MemoryStream();
        await relay.CopyToAsync(received);
        return (relay, Encoding.UTF8.GetString(received.ToArray()));
    }
}
