using System.Net;
using System.Net.Sockets;
using System.Text;
using Gateway.Engines;
using Gateway.Fakes;
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
        using var engine = CannedHttp.Answering("engine a");

        var found = await Detector(Profile("a", engine.Port)).FindAsync(CancellationToken.None);

        Assert.Equal("a", found!.Profile.Id);
        Assert.Equal(new Uri($"http://127.0.0.1:{engine.Port}/v1"), found.BaseUrl);
    }

    [Fact]
    public async Task Find_SeveralEngines_TakesTheFirstProfileAndItsFirstPort()
    {
        using var first = CannedHttp.Answering("engine b");
        using var second = CannedHttp.Answering("engine b");
        using var other = CannedHttp.Answering("engine c");

        var found = await Detector(Profile("a", first.Port), Profile("b", first.Port, second.Port), Profile("c", other.Port)).FindAsync(CancellationToken.None);

        Assert.Equal("b", found!.Profile.Id);
        Assert.Equal(first.Port, found.BaseUrl.Port);
    }

    [Fact]
    public async Task Find_ProfilesShareAPort_TakesTheOneThatRecognisesIt()
    {
        using var engine = CannedHttp.Answering("engine b");

        var found = await Detector(Profile("a", engine.Port), Profile("b", engine.Port)).FindAsync(CancellationToken.None);

        Assert.Equal("b", found!.Profile.Id);
        Assert.Equal(2, engine.LogEntries.Count);
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
        using var self = CannedHttp.Answering("engine a");

        var found = await new EngineDetector([Profile("a", self.Port)], _client, TimeProvider.System, self.Port, Patience).FindAsync(CancellationToken.None);

        Assert.Null(found);
        Assert.Empty(self.LogEntries);
    }

    [Theory]
    [MemberData(nameof(Garbage))]
    public async Task Find_PortAnswersGarbage_IsPassedOver(string garbage)
    {
        await using var stranger = Sending(garbage);
        using var engine = CannedHttp.Answering("engine a");

        var found = await Detector(Profile("a", stranger.BaseUrl.Port, engine.Port)).FindAsync(CancellationToken.None);

        Assert.NotEmpty(stranger.Requests.All);
        Assert.Equal(engine.Port, found!.BaseUrl.Port);
    }

    [Theory]
    [InlineData("")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Le")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\nengine a")]
    public async Task Find_PortHangs_IsLeftAtTheDeadline(string beginning)
    {
        await using var hung = Sending(beginning, RawEnd.Hang);
        using var engine = CannedHttp.Answering("engine a");
        var clock = new ManualClock();
        var limit = TimeSpan.FromMilliseconds(123);

        var search = new EngineDetector([Profile("a", hung.BaseUrl.Port, engine.Port)], _client, clock, ownPort: 0, limit).FindAsync(CancellationToken.None);
        // The last timer is the hung's: the engine has been heard.
        await WaitUntilAsync(() => hung.Requests.All.Count == 1 && clock.Waiting == 1);
        clock.Advance(limit - TimeSpan.FromTicks(1));
        Assert.False(search.IsCompleted);
        Assert.Equal(1, clock.Waiting);
        clock.Advance(TimeSpan.FromTicks(1));
        await WaitUntilAsync(() => hung.Requests.All.Count == 2 && clock.Waiting == 1);
        clock.Advance(limit);

        Assert.Equal(engine.Port, (await search.WaitAsync(Patience))!.BaseUrl.Port);
        Assert.Equal((2, 1), (hung.Requests.All.Count, engine.LogEntries.Count));
    }

    // A process that has just started can be too slow to hear the first answer in time.
    [Fact]
    public async Task Find_EngineIsSilentOnce_IsFoundAtTheSecondLookInItsOrder()
    {
        await using var late = RawEngine.Start("openai");
        late.Answer = _ => late.Requests.All.Count == 1 ? new RawAnswer([], RawEnd.Hang) : RawAnswer.Sound(200, "text/plain", "engine a"u8.ToArray());
        using var other = CannedHttp.Answering("engine b");
        var clock = new ManualClock();

        var search = new EngineDetector([Profile("a", late.BaseUrl.Port), Profile("b", other.Port)], _client, clock, ownPort: 0).FindAsync(CancellationToken.None);
        await WaitUntilAsync(() => late.Requests.All.Count == 1 && clock.Waiting == 1);
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
        await using var endless = Endless(beginning, piece);
        using var engine = CannedHttp.Answering("engine a");

        var found = await Detector(Profile("a", endless.BaseUrl.Port, engine.Port)).FindAsync(CancellationToken.None);

        Assert.Single(endless.Requests.All);
        Assert.Equal(engine.Port, found!.BaseUrl.Port);
    }

    [Fact]
    public async Task Find_EndlessBody_IsJudgedByItsBeginning()
    {
        await using var endless = Endless("HTTP/1.1 200 OK\r\nServer: big\r\n\r\n", "0123456789abcdef");
        DetectionAnswer? seen = null;
        var profile = OpenAi.Profile with { Detection = new([endless.BaseUrl.Port], "/look", answer => (seen = answer) is not null) };

        await Detector(profile).FindAsync(CancellationToken.None);

        Assert.Equal((200, "big", 64 * 1024), (seen!.Status, seen.Server, seen.Body.Length));
    }

    [Fact]
    public async Task Find_ProfileFailsOnAnAnswer_IsPassedOver()
    {
        using var stranger = CannedHttp.Answering("{");
        var profile = OpenAi.Profile with { Detection = new([stranger.Port], "/look", _ => throw new FormatException()) };

        Assert.Null(await Detector(profile).FindAsync(CancellationToken.None));
    }

    [Fact]
    public async Task Find_StartIsCancelled_EndsWithoutAnException()
    {
        await using var hung = Sending("", RawEnd.Hang);
        using var cancellation = new CancellationTokenSource();

        var search = Detector(Profile("a", hung.BaseUrl.Port)).FindAsync(cancellation.Token);
        await WaitUntilAsync(() => hung.Requests.All.Count == 1);
        await cancellation.CancelAsync();

        Assert.Null(await search.WaitAsync(Patience));
        Assert.Single(hung.Requests.All);
    }

    private EngineDetector Detector(params EngineProfile[] profiles) => new(profiles, _client, TimeProvider.System, ownPort: 0, Patience);

    private static EngineProfile Profile(string id, params int[] ports) =>
        OpenAi.Profile with { Id = id, Detection = new(ports, "/look", answer => answer.Status == 200 && answer.Body == $"engine {id}") };

    private static RawEngine Sending(string text, RawEnd end = RawEnd.Close) => Saying(new RawAnswer(Encoding.Latin1.GetBytes(text), end));

    private static RawEngine Endless(string beginning, string piece) =>
        Saying(new RawAnswer(Encoding.ASCII.GetBytes(beginning)) { Again = Encoding.ASCII.GetBytes(piece) });

    private static RawEngine Saying(RawAnswer answer)
    {
        var engine = RawEngine.Start("openai");
        engine.Answer = _ => answer;
        return engine;
    }

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
