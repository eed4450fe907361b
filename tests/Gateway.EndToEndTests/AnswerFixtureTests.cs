using System.Net;
using System.Text;
using Gateway.Engines;
using Gateway.Fakes;
using Xunit;

namespace Gateway.EndToEndTests;

/// <summary>Every answer kept in the fixtures passes byte for byte, or as its <c>.expect</c> file says where the gateway mends something.</summary>
public sealed class AnswerFixtureTests(EnginePool engines) : IClassFixture<EnginePool>
{
    public static TheoryData<string, string> Bodies => Rows(".json");

    public static TheoryData<string, string> Streams => Rows(".sse");

    [Theory]
    [MemberData(nameof(Bodies))]
    public async Task Body_EngineAnswersIt_ReachesTheClient(string engine, string name)
    {
        var environment = await engines.ForAsync(engine);
        environment.Engine.Script.Next(Replies.Fixture(name));

        using var answer = await environment.Client.SendAsync(
            SampleRequest.WithId(SampleRequest.Asking(name, environment.Engine.Model), SampleRequest.FixtureId));

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        AssertSame(Expected(environment, name), await answer.Content.ReadAsByteArrayAsync());
    }

    [Theory]
    [MemberData(nameof(Streams))]
    public async Task Stream_EngineSendsItInAnyPieces_ReachesTheClient(string engine, string name)
    {
        var environment = await engines.ForAsync(engine);
        var stream = environment.Engine.Dialect.Fixtures.Get(name);
        foreach (var size in (int[])[stream.Length, 1000, 7, 1])
        {
            environment.Engine.Script.Next(Replies.Pieces(stream.Chunk(size)));
            using var answer = await environment.Client.SendAsync(SampleRequest.WithId(SampleRequest.Asking(name, environment.Engine.Model), SampleRequest.FixtureId));

            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.Equal("text/event-stream", answer.Content.Headers.ContentType?.MediaType);
            AssertSame(Expected(environment, name), await answer.Content.ReadAsByteArrayAsync());
        }
    }

    private static byte[] Expected(TestEnvironment environment, string name)
    {
        var fixtures = environment.Engine.Dialect.Fixtures;
        return fixtures.Find(Path.GetFileNameWithoutExtension(name) + ".expect" + Path.GetExtension(name)) ?? fixtures.Get(name);
    }

    private static void AssertSame(byte[] expected, byte[] actual) =>
        Assert.Equal(Encoding.UTF8.GetString(expected), Encoding.UTF8.GetString(actual));

    private static TheoryData<string, string> Rows(string extension)
    {
        var rows = new TheoryData<string, string>();
        foreach (var profile in EngineRows.Ids.Select(id => EngineCatalog.Find(id)!))
        {
            foreach (var file in Directory.GetFiles(Path.Combine(Fixtures.Root, profile.Id), "*" + extension).Select(file => Path.GetFileName(file)).Order())
            {
                if (!file.Contains(".expect.", StringComparison.Ordinal) && SampleRequest.EndpointOf(file) is { } spec && profile.Endpoints[spec.Id].Served)
                {
                    rows.Add(profile.Id, file);
                }
            }
        }

        return rows;
    }
}
