using System.Collections.Concurrent;
using System.Text;
using Gateway.Core.Configuration;
using Gateway.Fakes;
using Gateway.Management.Galleries;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using WireMock.RequestBuilders;
using WireMock.ResponseBuilders;
using WireMock.Server;
using Xunit;

namespace Gateway.Tests.Management.Galleries;

/// <summary>Galleries from files and from the web: bounded, reported, and never the end of anything.</summary>
public sealed class GalleryLibraryTests : IDisposable
{
    private const string One = "- {name: one, alias: vllm, uri: 'a.example/x:1'}";

    private readonly TemporaryFolder _folder = new();
    private readonly ManualClock _clock = new();
    private readonly ServiceProvider _services = new ServiceCollection().AddSingleton(TimeProvider.System).AddGalleries([]).BuildServiceProvider();

    [Fact]
    public async Task Catalog_SeveralFiles_AreMergedBeforeTheBuiltIn()
    {
        using var library = Library(_folder.Write("a.yaml", One), _folder.Write("b.yaml", "- {name: two, alias: vllm, uri: 'a.example/x:2'}\n- {name: vllm, uri: 'vllm/vllm-openai:mine'}"));

        var catalog = await library.CatalogAsync(CancellationToken.None);
        var reports = await library.ReportsAsync(CancellationToken.None);

        Assert.NotNull(catalog.Find("one"));
        Assert.Equal("mine", catalog.Find("vllm")!.Version);
        Assert.Equal([1, 2, BuiltInGallery.Entries.Count], reports.Select(report => report.Entries));
        Assert.Contains("'vllm'", Assert.Single(reports[2].Faults), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("missing.yaml", "there is no such file")]
    [InlineData("", "it is a folder")]
    public async Task Catalog_NoSuchFile_IsReportedAndTheOthersStay(string name, string reason)
    {
        using var library = Library(_folder.File(name), _folder.Write("a.yaml", One));

        Assert.NotNull((await library.CatalogAsync(CancellationToken.None)).Find("one"));
        var report = (await library.ReportsAsync(CancellationToken.None))[0];
        Assert.Contains(reason, Assert.Single(report.Faults), StringComparison.Ordinal);
        Assert.Null(report.ReadAt);
    }

    [Fact]
    public async Task Catalog_FileThatBreaksLater_KeepsWhatItHadAndIsReported()
    {
        var path = _folder.Write("a.yaml", One);
        using var library = Library(path);
        await library.CatalogAsync(CancellationToken.None);

        _folder.Write("a.yaml", "- name: 'broken");
        Assert.Empty((await library.ReportsAsync(CancellationToken.None))[0].Faults);
        _clock.Advance(GalleryLibrary.Age);

        Assert.NotNull((await library.CatalogAsync(CancellationToken.None)).Find("one"));
        Assert.StartsWith(path + ":", Assert.Single((await library.ReportsAsync(CancellationToken.None))[0].Faults), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Catalog_FileThatChanges_IsReadAgainWhenItHasAged()
    {
        using var library = Library(_folder.Write("a.yaml", One));
        await library.CatalogAsync(CancellationToken.None);

        _folder.Write("a.yaml", One.Replace("one", "new", StringComparison.Ordinal));
        _clock.Advance(GalleryLibrary.Age);

        Assert.NotNull((await library.CatalogAsync(CancellationToken.None)).Find("new"));
    }

    [Theory]
    [InlineData("/good", null)]
    [InlineData("/moved", null)]
    [InlineData("/moment", null)]
    [InlineData("/missing", "404")]
    [InlineData("/broken", "500")]
    [InlineData("/round", "302")]
    [InlineData("/to?file:///etc/passwd", "not followed")]
    [InlineData("/to?file:/etc/passwd", "not followed")]
    [InlineData("/to?ftp://127.0.0.1/x", "not followed")]
    [InlineData("/to?unix:///run/docker.sock", "not followed")]
    [InlineData("/to?javascript:alert(1)", "not followed")]
    [InlineData("/to?http://", "not followed")]
    [InlineData("/to?http:///nowhere", "not followed")]
    [InlineData("/to?%FF%00", "")]
    [InlineData("/to?", "")]
    [InlineData("/packed?gzip", "not compressed")]
    [InlineData("/packed?deflate", "not compressed")]
    [InlineData("/packed?br", "not compressed")]
    [InlineData("/packed?unknown", "")]
    [InlineData("/charset", null)]
    [InlineData("/bytes", "")]
    [InlineData("/nested", "")]
    public async Task Catalog_Url_IsBoundedInRedirectsAndMeaning(string path, string? reason)
    {
        using var web = StartWeb(path.Contains('?', StringComparison.Ordinal) ? path[(path.IndexOf('?', StringComparison.Ordinal) + 1)..] : "");

        await AssertReadAsync(web.Url + path, reason);
    }

    // What a server with canned answers cannot send.
    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n" + One, RawEnd.Close, "cannot be read")]
    [InlineData("", RawEnd.Reset, "cannot be read")]
    [InlineData("HTTP/1.1 200 OK\r\n\r\n", RawEnd.Close, "over 1 MiB", "- and more\n")]
    internal async Task Catalog_UrlThatIsCutOrNeverEnds_IsReported(string answer, RawEnd end, string reason, string? again = null)
    {
        await using var web = RawEngine.Start("openai");
        web.Answer = _ => new RawAnswer(Encoding.ASCII.GetBytes(answer), end) { Again = again is null ? null : Encoding.ASCII.GetBytes(again) };

        await AssertReadAsync($"{web.BaseUrl}list.yaml", reason);
    }

    // Neither what they are asked for nor what they answer: an address may hold a key.
    [Fact]
    public async Task Catalog_AddressWithSecrets_IsInNoLineOfTheLog()
    {
        using var web = StartWeb("");
        using var log = new LinesOfLog();
        await using var services = new ServiceCollection().AddSingleton(TimeProvider.System)
            .AddLogging(logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(log))
            .AddGalleries([.. ((string[])["moment", "missing", "broken"]).Select(name => new GallerySettings(name, $"http://reader:pass-5d1e@127.0.0.1:{web.Port}/{name}?token=key-5d1e"))])
            .BuildServiceProvider();

        var reports = await services.GetRequiredService<GalleryLibrary>().ReportsAsync(CancellationToken.None);

        Assert.Equal([0, 1, 1], reports.Take(3).Select(report => report.Faults.Count));
        Assert.Contains(log.Lines, line => line.Contains("Gallery missing", StringComparison.Ordinal));
        Assert.DoesNotContain(log.Lines, line => line.Contains("5d1e", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Catalog_DefectInReading_CostsThisGalleryOnlyAndIsLogged()
    {
        var log = new ErrorLog<GalleryLibrary>();
        using var closed = new HttpClient();
        closed.Dispose();
        var files = new GallerySource(closed, TimeProvider.System);
        using var library = new GalleryLibrary([new GallerySettings("odd", "http://127.0.0.1:1/list.yaml"), new GallerySettings("good", _folder.Write("a.yaml", One))], files, _clock, log);

        Assert.NotNull((await library.CatalogAsync(CancellationToken.None)).Find("one"));

        Assert.IsType<ObjectDisposedException>(Assert.Single(log.Lines, line => line.Exception is not null).Exception);
    }

    [Fact]
    public async Task Catalog_FileWithoutEnd_IsBounded()
    {
        using var library = Library("/dev/zero");

        Assert.NotEmpty((await library.ReportsAsync(CancellationToken.None))[0].Faults);
    }

    [Fact]
    public async Task Catalog_NobodyAtTheUrl_IsReported()
    {
        using var library = Library("http://127.0.0.1:1/list.yaml");

        Assert.Contains("cannot be read", Assert.Single((await library.ReportsAsync(CancellationToken.None))[0].Faults), StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _services.Dispose();
        _folder.Dispose();
    }

    private GalleryLibrary Library(params string[] urls) =>
        new([.. urls.Select((url, i) => new GallerySettings($"g{i}", url))], _services.GetRequiredService<GallerySource>(), _clock, NullLogger<GalleryLibrary>.Instance);

    private async Task AssertReadAsync(string url, string? reason)
    {
        using var library = Library(url);

        var found = (await library.CatalogAsync(CancellationToken.None)).Find("one");
        var faults = (await library.ReportsAsync(CancellationToken.None))[0].Faults;

        Assert.NotNull((await library.CatalogAsync(CancellationToken.None)).Find("vllm"));
        Assert.Equal(reason is null, found is not null);
        Assert.Equal(reason is null, faults.Count == 0);
        Assert.All(faults, fault => Assert.Contains(reason!, fault, StringComparison.Ordinal));
    }

    /// <param name="value">Where <c>/to</c> redirects to, and the coding that <c>/packed</c> claims.</param>
    private static WireMockServer StartWeb(string value)
    {
        var web = CannedHttp.Start()
            .On("/good", answer => answer.WithBody(One))
            .On("/moved", answer => answer.WithStatusCode(302).WithHeader("Location", "/good"))
            .On("/round", answer => answer.WithStatusCode(302).WithHeader("Location", "/round"))
            .On("/broken", answer => answer.WithStatusCode(500))
            .On("/to", answer => answer.WithStatusCode(302).WithHeader("Location", value))
            .On("/packed", answer => answer.WithHeader("Content-Encoding", value).WithBody("this is \u0001 not packed in any way"))
            .On("/charset", answer => answer.WithHeader("Content-Type", "text/yaml; charset=\"no such\"").WithBody(One))
            .On("/bytes", answer => answer.WithBody([0xff, 0xfe, 0x80, 0x00, 0xc3, 0x28]))
            .On("/nested", answer => answer.WithBody("- name: &a [x]\n" + string.Concat(Enumerable.Repeat("- [*a, *a, *a, *a]\n", 10)) + new string('[', 50_000)));
        web.Given(Request.Create().WithPath("/moment")).InScenario("moment").WillSetStateTo("well").RespondWith(Response.Create().WithStatusCode(503));
        web.Given(Request.Create().WithPath("/moment")).InScenario("moment").WhenStateIs("well").RespondWith(Response.Create().WithBody(One));
        return web;
    }

    private sealed class LinesOfLog : ILoggerProvider, ILogger
    {
        private readonly ConcurrentQueue<string> _lines = [];

        public IReadOnlyCollection<string> Lines => _lines;

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            _lines.Enqueue($"{formatter(state, exception)} {exception}");

        public void Dispose()
        {
        }
    }
}
