using System.Text;
using Gateway.Core.Configuration;
using Gateway.Engines;
using Gateway.Proxy.Backends;
using Gateway.Proxy.Models;
using Gateway.Tests.Backends;
using Gateway.Tests.Detection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
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
        await using var engine = Neighbour.Engine(body);
        using var backend = Of(Plain, engine);

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
        await using var engine = Neighbour.Sending(Encoding.UTF8.GetBytes(answer));
        using var backend = Of(Plain, engine);
        backend.Models.Replace([new ListedModel("before")]);

        Assert.False(await RefreshAsync(backend));
        Assert.Equal("before", Assert.Single(backend.Models.All).Id);
    }

    [Fact]
    public async Task Refresh_EndlessList_IsGivenUp()
    {
        await using var engine = Neighbour.Endless("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{\"data\":[", "{\"id\":\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"},");
        using var backend = Of(Plain, engine);

        Assert.False(await RefreshAsync(backend));
        Assert.False(backend.Models.Known);
    }

    [Fact]
    public async Task Refresh_SilentReplica_DoesNotUseUpTheTimeOfTheNext()
    {
        var clock = new ManualClock();
        await using var silent = Neighbour.Hanging();
        await using var engine = Neighbour.Engine("""{"data":[{"id":"a"}]}""");
        using var backend = Of(Plain, silent, engine);

        var refresh = new ModelListCache(clock, NullLogger<ModelListCache>.Instance).RefreshAsync(backend, CancellationToken.None);
        Assert.True(SpinWait.SpinUntil(() => silent.Asked > 0, TimeSpan.FromSeconds(20)));
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
        await using var engine = await StartAsync(("/list", 200, """{"data":[{"id":"a"},{"id":"b","max_model_len":5}]}"""), ("/info", status, info));
        using var backend = TestBackends.Of(
            Plain with { Models = new ModelListing { OwnedBy = "engine", Path = "/list", Length = ("/info", root => (int?)ModelListing.Number(root, "max")) } },
            1,
            set: settings => settings with { Replicas = [new ReplicaSettings(new Uri(engine.Urls.Single()))] });

        Assert.True(await RefreshAsync(backend));
        Assert.Equal((expected, 5), (backend.Models.Find("a")!.MaxLength, backend.Models.Find("b")!.MaxLength));
    }

    private static async Task<WebApplication> StartAsync(params (string Path, int Status, string Body)[] answers)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        app.Run(context =>
        {
            var (_, status, body) = answers.Single(answer => answer.Path == context.Request.Path);
            context.Response.StatusCode = status;
            return context.Response.WriteAsync(body);
        });
        await app.StartAsync();
        return app;
    }

    private static Backend Of(EngineProfile profile, params Neighbour[] engines) =>
        TestBackends.Of(profile, 1, set: settings => settings with { Replicas = [.. engines.Select(engine => new ReplicaSettings(new Uri($"http://127.0.0.1:{engine.Port}/v1")))] });

    private static Task<bool> RefreshAsync(Backend backend) =>
        new ModelListCache(TimeProvider.System, NullLogger<ModelListCache>.Instance).RefreshAsync(backend, CancellationToken.None);
}
