using System.Net;
using System.Net.Sockets;
using System.Text;
using Gateway.Engines;
using Gateway.Proxy.Backends;
using Xunit;

namespace Gateway.Tests.Detection;

/// <summary>The engine on this host is found by what it says, whoever else listens beside it.</summary>
public sealed class EngineDetectorTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly HttpMessageInvoker _client = UpstreamClient.Create(Patience, Patience);

    public static TheoryData<string> Garbage =>
    [
        "\0\u0001\u0002 nothing of this is HTTP\r\n\r\n",
        "SSH-2.0-OpenSSH_9.2\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nno",
        "HTTP/1.1 200 OK\r\nContent-Length: -7\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        "HTTP/1.1 two hundred\r\n\r\n",
        "HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nsomething",
        "",
    ];

    public void Dispose() => _client.Dispose();

    [Fact]
    public async Task Find_EngineOnItsPort_IsFoundWithItsAddress()
    {
        await using var engine = Neighbour.Engine("engine a");

        var found = await Detector(Profile("a", engine.Port)).FindAsync(CancellationToken.None);

        Assert.Equal("a", found!.Profile.Id);
        Assert.Equal(new Uri($"http://127.0.0.1:{engine.Port}/v1"), found.BaseUrl);
    }

    [Fact]
    public async Task Find_SeveralEngines_TakesTheFirstProfileAndItsFirstPort()
    {
        await using var first = Neighbour.Engine("engine b");
        await using var second = Neighbour.Engine("engine b");
        await using var other = Neighbour.Engine("engine c");

        var found = await Detector(Profile("a", first.Port), Profile("b", first.Port, second.Port), Profile("c", other.Port)).FindAsync(CancellationToken.None);

        Assert.Equal("b", found!.Profile.Id);
        Assert.Equal(first.Port, found.BaseUrl.Port);
    }

    [Fact]
    public async Task Find_ProfilesShareAPort_TakesTheOneThatRecognisesIt()
    {
        await using var engine = Neighbour.Engine("engine b");

        var found = await Detector(Profile("a", engine.Port), Profile("b", engine.Port)).FindAsync(CancellationToken.None);

        Assert.Equal("b", found!.Profile.Id);
        Assert.Equal(2, engine.Asked);
    }

    [Fact]
    public async Task Find_NothingListens_IsNull() =>
        Assert.Null(await Detector(Profile("a", ClosedPort())).FindAsync(CancellationToken.None));

    [Fact]
    public async Task Find_ProfilesThatAreNeverLookedFor_IsNull() =>
        Assert.Null(await Detector(OpenAi.Profile with { Detection = null }).FindAsync(CancellationToken.None));

    [Fact]
    public async Task Find_OwnPort_IsNotAsked()
    {
        await using var self = Neighbour.Engine("engine a");

        var found = await new EngineDetector([Profile("a", self.Port)], _client, TimeProvider.System, self.Port, Patience).FindAsync(CancellationToken.None);

        Assert.Null(found);
        Assert.Equal(0, self.Asked);
    }

    [Theory]
    [MemberData(nameof(Garbage))]
    public async Task Find_PortAnswersGarbage_IsPassedOver(string garbage)
    {
        await using var stranger = Neighbour.Sending(Encoding.Latin1.GetBytes(garbage));
        await using var engine = Neighbour.Engine("engine a");

        var found = await Detector(Profile("a", stranger.Port, engine.Port)).FindAsync(CancellationToken.None);

        Assert.NotEqual(0, stranger.Asked);
        Assert.Equal(engine.Port, found!.BaseUrl.Port);
    }

    [Theory]
    [InlineData("")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Le")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\nengine a")]
    public async Task Find_PortHangs_IsLeftAtTheDeadline(string beginning)
    {
        await using var hung = Neighbour.Hanging(beginning);
        await using var engine = Neighbour.Engine("engine a");
        var clock = new ManualClock();
        var limit = TimeSpan.FromMilliseconds(123);

        var search = new EngineDetector([Profile("a", hung.Port, engine.Port)], _client, clock, ownPort: 0, limit).FindAsync(CancellationToken.None);
        // The last timer is the hung's: the engine has been heard.
        await WaitUntilAsync(() => hung.Asked == 1 && clock.Waiting == 1);
        clock.Advance(limit - TimeSpan.FromTicks(1));
        Assert.False(search.IsCompleted);
        Assert.Equal(1, clock.Waiting);
        clock.Advance(TimeSpan.FromTicks(1));
        await WaitUntilAsync(() => hung.Asked == 2 && clock.Waiting == 1);
        clock.Advance(limit);

        Assert.Equal(engine.Port, (await search.WaitAsync(Patience))!.BaseUrl.Port);
        Assert.Equal((2, 1), (hung.Asked, engine.Asked));
    }

    // A process that has just started can be too slow to hear the first answer in time.
    [Fact]
    public async Task Find_EngineIsSilentOnce_IsFoundAtTheSecondLookInItsOrder()
    {
        await using var late = Neighbour.LateEngine("engine a");
        await using var other = Neighbour.Engine("engine b");
        var clock = new ManualClock();

        var search = new EngineDetector([Profile("a", late.Port), Profile("b", other.Port)], _client, clock, ownPort: 0).FindAsync(CancellationToken.None);
        await WaitUntilAsync(() => late.Asked == 1 && clock.Waiting == 1);
        clock.Advance(TimeSpan.FromMilliseconds(200));

        Assert.Equal("a", (await search.WaitAsync(Patience))!.Profile.Id);
    }

    // What is sent without end fills no memory, and is left before the deadline.
    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\n\r\n", "0123456789abcdef")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "4\r\nwxyz\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\n", "X-More: and more\r\n")]
    [InlineData("HTTP/1.1 200 ", "OK")]
    [InlineData("", "HTTP/1.1 100 Continue\r\n\r\n")]
    public async Task Find_PortSendsWithoutEnd_IsPassedOver(string beginning, string piece)
    {
        await using var endless = Neighbour.Endless(beginning, piece);
        await using var engine = Neighbour.Engine("engine a");

        var found = await Detector(Profile("a", endless.Port, engine.Port)).FindAsync(CancellationToken.None);

        Assert.Equal(1, endless.Asked);
        Assert.Equal(engine.Port, found!.BaseUrl.Port);
    }

    [Fact]
    public async Task Find_EndlessBody_IsJudgedByItsBeginning()
    {
        await using var endless = Neighbour.Endless("HTTP/1.1 200 OK\r\nServer: big\r\n\r\n", "0123456789abcdef");
        DetectionAnswer? seen = null;
        var profile = OpenAi.Profile with { Detection = new([endless.Port], "/look", answer => (seen = answer) is not null) };

        await Detector(profile).FindAsync(CancellationToken.None);

        Assert.Equal((200, "big", 64 * 1024), (seen!.Status, seen.Server, seen.Body.Length));
    }

    [Fact]
    public async Task Find_ProfileFailsOnAnAnswer_IsPassedOver()
    {
        await using var stranger = Neighbour.Engine("{");
        var profile = OpenAi.Profile with { Detection = new([stranger.Port], "/look", _ => throw new FormatException()) };

        Assert.Null(await Detector(profile).FindAsync(CancellationToken.None));
    }

    [Fact]
    public async Task Find_StartIsCancelled_EndsWithoutAnException()
    {
        await using var hung = Neighbour.Hanging();
        using var cancellation = new CancellationTokenSource();

        var search = Detector(Profile("a", hung.Port)).FindAsync(cancellation.Token);
        await WaitUntilAsync(() => hung.Asked == 1);
        await cancellation.CancelAsync();

        Assert.Null(await search.WaitAsync(Patience));
        Assert.Equal(1, hung.Asked);
    }

    private EngineDetector Detector(params EngineProfile[] profiles) => new(profiles, _client, TimeProvider.System, ownPort: 0, Patience);

    private static EngineProfile Profile(string id, params int[] ports) =>
        OpenAi.Profile with { Id = id, Detection = new(ports, "/look", answer => answer.Status == 200 && answer.Body == $"engine {id}") };

    private static int ClosedPort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static async Task WaitUntilAsync(Func<bool> condition)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(started) < Patience, "Waited in vain.");
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System);
        }
    }
}
