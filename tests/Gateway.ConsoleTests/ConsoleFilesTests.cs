using System.IO.Compression;
using System.Net;
using System.Text.RegularExpressions;
using Gateway.ConsoleTests.Browser;
using Gateway.EndToEndTests;
using Xunit;

namespace Gateway.ConsoleTests;

/// <summary>How the console's files are served.</summary>
public sealed class ConsoleFilesTests
{
    [Theory]
    [InlineData("/console")]
    [InlineData("/console/")]
    [InlineData("/console/js/app.js")]
    [InlineData("/stats")]
    [InlineData("/stats/keys")]
    public async Task Console_NoOperatorsKeySet_DoesNotExist(string path)
    {
        await using var environment = await TestEnvironment.StartAsync("vllm");

        Assert.Equal(HttpStatusCode.NotFound, (await environment.Client.GetAsync(path)).StatusCode);
    }

    [Fact]
    public async Task Console_WithoutSlash_LeadsToTheFolder()
    {
        await using var environment = await StartAsync();

        using var answer = await environment.Gateway.Anonymous.GetAsync("/console");

        Assert.Equal(HttpStatusCode.PermanentRedirect, answer.StatusCode);
        Assert.Equal("console/", answer.Headers.Location!.OriginalString);
    }

    [Fact]
    public async Task Console_EveryFileThatThePageLoads_IsThereWithTheGuardingHeaders()
    {
        await using var environment = await StartAsync();
        var seen = new HashSet<string>();
        var left = new Queue<string>(["/console/"]);

        while (left.TryDequeue(out var path))
        {
            if (!seen.Add(path))
            {
                continue;
            }

            using var answer = await environment.Gateway.Anonymous.GetAsync(path);
            Assert.True(answer.IsSuccessStatusCode, $"{path}: {answer.StatusCode}");
            var policy = answer.Headers.GetValues("Content-Security-Policy").Single();
            Assert.All(["default-src 'none'", "script-src 'self'", "style-src 'self'", "connect-src 'self'", "img-src 'self' data:", "base-uri 'none'", "frame-ancestors 'none'", "form-action 'none'"], part => Assert.Contains(part, policy, StringComparison.Ordinal));
            Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
            Assert.Equal("nosniff", answer.Headers.GetValues("X-Content-Type-Options").Single());
            Assert.Equal("no-referrer", answer.Headers.GetValues("Referrer-Policy").Single());
            Assert.NotNull(answer.Headers.ETag);
            foreach (var linked in Links(path, await answer.Content.ReadAsStringAsync()))
            {
                left.Enqueue(linked);
            }
        }

        Assert.Contains("/console/js/pages/try.js", seen);
        Assert.Contains("/console/vendor/uplot-1.6.32/uPlot.esm.js", seen);
    }

    [Theory]
    [InlineData("gzip, deflate, br, zstd", "br")]
    [InlineData("gzip", "gzip")]
    [InlineData("br;q=0, gzip;q=0.5", "gzip")]
    [InlineData("identity", null)]
    public async Task Console_File_IsSentInTheBestCodingThatTheBrowserTakes(string accepted, string? coding)
    {
        await using var environment = await StartAsync();
        var plain = await environment.Gateway.Anonymous.GetByteArrayAsync("/console/js/app.js");
        using var request = new HttpRequestMessage(HttpMethod.Get, "/console/js/app.js");
        request.Headers.TryAddWithoutValidation("Accept-Encoding", accepted);

        using var answer = await environment.Gateway.Anonymous.SendAsync(request);

        Assert.Equal(coding, answer.Content.Headers.ContentEncoding.SingleOrDefault());
        Assert.Equal("Accept-Encoding", answer.Headers.Vary.Single());
        var body = await answer.Content.ReadAsStreamAsync();
        await using var decoded = coding switch { "br" => new BrotliStream(body, CompressionMode.Decompress), "gzip" => new GZipStream(body, CompressionMode.Decompress), _ => body };
        using var all = new MemoryStream();
        await decoded.CopyToAsync(all);
        Assert.Equal(plain, all.ToArray());
    }

    [Fact]
    public async Task Console_FileThatIsKnown_IsNotSentAgain()
    {
        await using var environment = await StartAsync();
        using var first = await environment.Gateway.Anonymous.GetAsync("/console/js/app.js");
        using var request = new HttpRequestMessage(HttpMethod.Get, "/console/js/app.js") { Headers = { IfNoneMatch = { first.Headers.ETag! } } };

        using var second = await environment.Gateway.Anonymous.SendAsync(request);

        Assert.Equal(HttpStatusCode.NotModified, second.StatusCode);
        Assert.Empty(await second.Content.ReadAsByteArrayAsync());
    }

    [Theory]
    [InlineData("/console/none.js", HttpStatusCode.NotFound)]
    [InlineData("/console/../system-info", HttpStatusCode.Unauthorized)]
    [InlineData("/console/%2e%2e/Gateway.csproj", HttpStatusCode.Unauthorized)]
    [InlineData("/consoles", HttpStatusCode.Unauthorized)]
    public async Task Console_OtherPath_IsNoFile(string path, HttpStatusCode status)
    {
        await using var environment = await StartAsync();

        Assert.Equal(status, (await environment.Gateway.Anonymous.GetAsync(path)).StatusCode);
    }

    [Fact]
    public async Task Console_Written_IsRefused()
    {
        await using var environment = await StartAsync();

        using var answer = await environment.Gateway.Anonymous.PostAsync("/console/", null);

        Assert.Equal(HttpStatusCode.MethodNotAllowed, answer.StatusCode);
        Assert.Equal(["GET", "HEAD"], answer.Content.Headers.Allow);
    }

    [Theory]
    [InlineData("/stats", null)]
    [InlineData("/stats/keys", RunningGateway.ClientKey)]
    public async Task Stats_NotTheOperator_IsRefused(string path, string? key)
    {
        await using var environment = await StartAsync();
        using var client = environment.Gateway.NewClient(key);

        Assert.Equal(HttpStatusCode.Unauthorized, (await client.GetAsync(path)).StatusCode);
    }

    private static Task<TestEnvironment> StartAsync() => TestEnvironment.StartAsync("vllm", ("ADMIN_API_KEY", ConsolePage.AdminKey));

    private static IEnumerable<string> Links(string path, string text)
    {
        // The vendored library loads nothing, but speaks of links in its comments.
        return path.Contains("/vendor/", StringComparison.Ordinal)
            ? []
            : Regex.Matches(text, """(?:from |import |href="|src=")'?([\w./-]+\.(?:js|css|svg))""").Select(match => new Uri($"http://gateway{path[..(path.LastIndexOf('/') + 1)]}{match.Groups[1].Value}").AbsolutePath);
    }
}
