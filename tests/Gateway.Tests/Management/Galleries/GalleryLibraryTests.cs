using Gateway.Core.Configuration;
using Gateway.Management.Galleries;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Gateway.Tests.Management.Galleries;

/// <summary>Galleries from files and from the web: bounded, reported, and never the end of anything.</summary>
public sealed class GalleryLibraryTests : IDisposable
{
    private const string One = "- {name: one, alias: vllm, uri: 'a.example/x:1'}";

    private readonly TemporaryFolder _folder = new();
    private readonly ManualClock _clock = new();
    private readonly GallerySource _files = new(TimeProvider.System);

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
    [InlineData("/missing", "404")]
    [InlineData("/round", "302")]
    [InlineData("/endless", "over 1 MiB")]
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
    [InlineData("/short", "cannot be read")]
    [InlineData("/abort", "cannot be read")]
    public async Task Catalog_Url_IsBoundedInSizeAndRedirects(string path, string? reason)
    {
        await using var web = await StartWebAsync();
        using var library = Library(web.Urls.First() + path);

        var found = (await library.CatalogAsync(CancellationToken.None)).Find("one");
        var faults = (await library.ReportsAsync(CancellationToken.None))[0].Faults;

        Assert.NotNull((await library.CatalogAsync(CancellationToken.None)).Find("vllm"));
        Assert.Equal(reason is null, found is not null);
        Assert.Equal(reason is null, faults.Count == 0);
        Assert.All(faults, fault => Assert.Contains(reason!, fault, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Catalog_DefectInReading_CostsThisGalleryOnlyAndIsLogged()
    {
        var log = new ErrorLog<GalleryLibrary>();
        // It is closed, which no answer of a gallery makes it.
        _files.Dispose();
        using var library = new GalleryLibrary([new GallerySettings("odd", "http://127.0.0.1:1/list.yaml"), new GallerySettings("good", _folder.Write("a.yaml", One))], _files, _clock, log);

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
        _files.Dispose();
        _folder.Dispose();
    }

    private GalleryLibrary Library(params string[] urls) =>
        new([.. urls.Select((url, i) => new GallerySettings($"g{i}", url))], _files, _clock, NullLogger<GalleryLibrary>.Instance);

    private static async Task<WebApplication> StartWebAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        app.Run(async context =>
        {
            switch (context.Request.Path.Value)
            {
                case "/good":
                    await context.Response.WriteAsync(One);
                    break;
                case "/moved":
                    context.Response.Redirect("/good");
                    break;
                case "/to":
                    context.Response.StatusCode = 302;
                    context.Response.Headers.Location = context.Request.QueryString.Value!.TrimStart('?');
                    break;
                case "/packed":
                    context.Response.Headers.ContentEncoding = context.Request.QueryString.Value!.TrimStart('?');
                    await context.Response.Body.WriteAsync("this is \u0001 not packed in any way"u8.ToArray());
                    break;
                case "/charset":
                    context.Response.ContentType = "text/yaml; charset=\"no such\"";
                    await context.Response.WriteAsync(One);
                    break;
                case "/bytes":
                    await context.Response.Body.WriteAsync(new byte[] { 0xff, 0xfe, 0x80, 0x00, 0xc3, 0x28 });
                    break;
                case "/nested":
                    await context.Response.WriteAsync("- name: &a [x]\n" + string.Concat(Enumerable.Repeat("- [*a, *a, *a, *a]\n", 10)) + new string('[', 50_000));
                    break;
                case "/short":
                    context.Response.ContentLength = 500;
                    await context.Response.WriteAsync(One);
                    await context.Response.CompleteAsync();
                    context.Abort();
                    break;
                case "/abort":
                    context.Abort();
                    break;
                case "/round":
                    context.Response.Redirect("/round");
                    break;
                case "/endless":
                    for (var i = 0; i < 200; i++)
                    {
                        await context.Response.Body.WriteAsync(new byte[64 * 1024], context.RequestAborted);
                    }

                    break;
                default:
                    context.Response.StatusCode = 404;
                    break;
            }
        });
        await app.StartAsync();
        return app;
    }
}
