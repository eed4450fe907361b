using System.Text;
using Gateway.Core.Configuration;
using Gateway.Engines;
using Gateway.Fakes;
using Gateway.Proxy.Backends;
using Gateway.Tests.Backends;
using WireMock.RequestBuilders;
using WireMock.ResponseBuilders;
using Xunit;

namespace Gateway.Tests.ModelList;

/// <summary>Lists as engines send them, sound or not, and the one list made of them.</summary>
public sealed class ModelListCacheTests
{
    private static readonly EngineProfile Plain = EngineCatalog.Find("openai")! with { Models = new ModelListing { OwnedBy = "engine" } };

    [Theory]
    [InlineData("""{"object":"list","data":[{"id":"a"},{"id":"b","created":7,"owned_by":"me","max_model_len":4096}]}""", "a,b")]
    [InlineData("""{"data":null}""", "")]
    [InlineData("""{"data":[]}""", "")]
    [InlineData("""{"data":[{"id":""},{"id":7},{"name":"x"},7,null,"x",[],{"id":"a"}]}""", "a")]
    public async Task Refresh_List_IsRead(string body, string expected)
    {
        using var engine = CannedHttp.Answering(body);
        using var backend = Of(Plain, engine.Port);

        Assert.True(await RefreshAsync(backend));
        Assert.Equal((expected, true), (string.Join(',', backend.Models.All.Select(model => model.Id)), backend.Models.Known));
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n<html>")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n{\"data\":{}}")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 25\r\n\r\n{\"data\":[{\"id\":\"\\ud800\"}]}")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{\"data\":[]}")]
    [InlineData("HTTP/1.1 500 No\r\nContent-Length: 11\r\n\r\n{\"data\":[]}")]
    [InlineData("HTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("no HTTP at all")]
    [InlineData("")]
    public async Task Refresh_AnythingElse_LeavesWhatWasListed(string answer)
    {
        await using var engine = Sending(new RawAnswer(Encoding.UTF8.GetBytes(answer)));
        using var backend = Of(Plain, engine.BaseUrl.Port);
        backend.Models.Replace([new ListedModel("before")]);

        Assert.False(await RefreshAsync(backend));
        Assert.Equal("before", Assert.Single(backend.Models.All).Id);
    }

    [Fact]
    public async Task Refresh_EndlessList_IsGivenUp()
    {
        await using var engine = Sending(new RawAnswer("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{\"data\":["u8.ToArray()) { Again = Encoding.ASCII.GetBytes("{\"id\":\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"},") });
        using var backend = Of(Plain, engine.BaseUrl.Port);

        Assert.False(await RefreshAsync(backend));
        Assert.False(backend.Models.Known);
    }

    [Fact]
    public async Task Refresh_SilentReplica_DoesNotUseUpTheTimeOfTheNext()
    {
        var clock = new ManualClock();
        await using var silent = Sending(new RawAnswer([], RawEnd.Hang));
        using var engine = CannedHttp.Answering("""{"data":[{"id":"a"}]}""");
        using var backend = Of(Plain, silent.BaseUrl.Port, engine.Port);
        using var lists = TestModelLists.Of(clock);

        var refresh = lists.RefreshAsync(backend, CancellationToken.None);
        await silent.Requests.WaitAsync(_ => true, TimeSpan.FromSeconds(20));
        clock.Advance(TimeSpan.FromSeconds(6));

        Assert.True(await refresh.WaitAsync(TimeSpan.FromSeconds(20)));
        Assert.NotNull(backend.Models.Find("a"));
    }

    [Theory]
    [InlineData(200, """{"max":123}""", 123)]
    [InlineData(200, "{}", null)]
    [InlineData(200, "no JSON", null)]
    [InlineData(404, """{"max":123}""", null)]
    public async Task Refresh_LengthOfAPathOfItsOwn_IsAddedWhereItIsTold(int status, string info, int? expected)
    {
        using var engine = CannedHttp.Start()
            .On("/list", answer => answer.WithBody("""{"data":[{"id":"a"},{"id":"b","max_model_len":5}]}"""))
            .On("/info", answer => answer.WithStatusCode(status).WithBody(info));
        using var backend = Of(
            Plain with { Models = new ModelListing { OwnedBy = "engine", Path = "/list", Length = ("/info", root => (int?)ModelListing.Number(root, "max")) } }, engine.Port);

        Assert.True(await RefreshAsync(backend));
        Assert.Equal((expected, 5), (backend.Models.Find("a")!.MaxLength, backend.Models.Find("b")!.MaxLength));
    }

    [Theory]
    [InlineData(500)]
    [InlineData(503)]
    [InlineData(429)]
    public async Task Refresh_FailsForAMoment_IsRepeated(int status)
    {
        using var engine = CannedHttp.Start();
        engine.Given(Request.Create()).InScenario("moment").WillSetStateTo("well").RespondWith(Response.Create().WithStatusCode(status));
        engine.Given(Request.Create()).InScenario("moment").WhenStateIs("well").RespondWith(Response.Create().WithBody("""{"data":[{"id":"a"}]}"""));
        using var backend = Of(Plain, engine.Port);

        Assert.True(await RefreshAsync(backend));
        Assert.Equal("a", Assert.Single(backend.Models.All).Id);
        Assert.Equal(2, engine.LogEntries.Count);
    }

    // What it said once it will say again; and when to come again it has said itself.
    [Theory]
    [InlineData(401, null)]
    [InlineData(404, null)]
    [InlineData(503, "30")]
    public async Task Refresh_RefusedForLong_IsNotRepeated(int status, string? retryAfter)
    {
        using var engine = CannedHttp.Start();
        var answer = Response.Create().WithStatusCode(status);
        engine.Given(Request.Create()).RespondWith(retryAfter is null ? answer : answer.WithHeader("Retry-After", retryAfter));
        using var backend = Of(Plain, engine.Port);

        Assert.False(await RefreshAsync(backend));
        Assert.Single(engine.LogEntries);
    }

    private static RawEngine Sending(RawAnswer answer)
    {
        var engine = RawEngine.Start("openai");
        engine.Models = answer;
        return engine;
    }

    private static Backend Of(EngineProfile profile, params int[] ports) =>
        TestBackends.Of(profile, 1, set: settings => settings with { Replicas = [.. ports.Select(port => new ReplicaSettings(new Uri($"http://127.0.0.1:{port}/v1")))] });

    private static async Task<bool> RefreshAsync(Backend backend)
    {
        using var lists = TestModelLists.Of(TimeProvider.System);
        return await lists.RefreshAsync(backend, CancellationToken.None);
    }
}
