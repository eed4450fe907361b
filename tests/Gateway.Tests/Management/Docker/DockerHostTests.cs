using System.Net;
using System.Text.Json;
using Gateway.Management.Docker;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace Gateway.Tests.Management.Docker;

/// <summary>The client over a Docker Engine that answers as a test says: what it speaks, what it makes of failures, and what it does not read.</summary>
public sealed class DockerHostTests : IAsyncLifetime, IDisposable
{
    private const string Digest = "sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
    private static readonly ImageReference Image = ImageReference.Parse("a.example/b:v1")!;

    private readonly TemporaryFolder _folder = new();
    private DockerStub _docker = null!;
    private DockerHost _host = null!;

    public async Task InitializeAsync()
    {
        _docker = await DockerStub.StartAsync(_folder.File("docker.sock"));
        _host = new DockerHost(new DockerAddress(_folder.File("docker.sock"), new Uri("http://docker")), new RegistryLogins(null), TimeProvider.System);
    }

    public async Task DisposeAsync() => await _docker.DisposeAsync();

    public void Dispose()
    {
        _host.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("1.41", "1.12", "1.41")]
    [InlineData("1.48", "1.24", "1.48")]
    [InlineData("1.60", "1.44", "1.50")]
    [InlineData("1.70", "1.55", "1.55")]
    public async Task Call_OfAnyVersionOfTheEngine_IsInTheNewestThatBothKnow(string newest, string oldest, string spoken)
    {
        Answer("/info", """{"ServerVersion":"x"}""", $$"""{"ApiVersion":"{{newest}}","MinAPIVersion":"{{oldest}}"}""");

        await _host.InfoAsync(CancellationToken.None);

        Assert.Equal(["/version", $"/v{spoken}/info"], _docker.Calls.Select(call => call.Target));
    }

    [Theory]
    [InlineData("""{"ApiVersion":"1.40","MinAPIVersion":"1.12"}""", "1.41 or newer is needed")]
    [InlineData("""{"ApiVersion":"new"}""", "1.41 or newer is needed")]
    [InlineData("null", "none of a Docker Engine's")]
    [InlineData("<html>", "none of a Docker Engine's")]
    public async Task Call_OfAnEngineThatSpeaksNoneOfOurVersions_SaysSo(string version, string told)
    {
        Answer("/info", "{}", version);

        Assert.Contains(told, (await FailsAsync(DockerFault.Refused, () => _host.InfoAsync(CancellationToken.None))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Call_AfterTheEngineWasAway_AsksForItsVersionAgain()
    {
        Answer("/info", "{}");
        await _host.InfoAsync(CancellationToken.None);
        await _docker.DisposeAsync();
        var failure = await FailsAsync(DockerFault.Away, () => _host.InfoAsync(CancellationToken.None));

        _docker = await DockerStub.StartAsync(_folder.File("docker.sock"));
        Answer("/info", "{}", """{"ApiVersion":"1.43","MinAPIVersion":"1.24"}""");
        await _host.InfoAsync(CancellationToken.None);

        Assert.Contains("No Docker Engine answers", failure.Message, StringComparison.Ordinal);
        Assert.Equal("/v1.43/info", _docker.Calls[^1].Target);
    }

    [Theory]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("<html>")]
    [InlineData("""{"Id":5}""")]
    [InlineData("""{"Created":true}""")]
    public async Task Answer_ThatIsNoneOfADockerEngines_IsToldSo(string body)
    {
        Answer("/containers/x/json", body);

        Assert.Contains("none of a Docker Engine's", (await FailsAsync(DockerFault.Refused, () => _host.FindContainerAsync("x", CancellationToken.None))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Answer_WithoutEnd_IsReadToALimit()
    {
        Answer("/containers/x/json", "{\"Id\":\"" + new string('x', 17 * 1024 * 1024) + "\"}");

        await FailsAsync(DockerFault.Refused, () => _host.FindContainerAsync("x", CancellationToken.None));
    }

    [Fact]
    public async Task Container_ThatIsNotThere_IsNone() => Assert.Null(await _host.FindContainerAsync("x", CancellationToken.None));

    [Theory]
    [InlineData(409, """{"message":"Conflict. The name is in use"}""", "Conflict", "The name is in use.")]
    [InlineData(403, "no", "Denied", "refuses the call (403)")]
    [InlineData(500, """{"message":"write /x: no space left on device"}""", "DiskFull", "docker system df")]
    [InlineData(500, """{"message":"odd"}""", "Refused", "odd.")]
    [InlineData(302, "", "Refused", "Nothing more is said")]
    [InlineData(400, "Client sent an HTTP request to an HTTPS server.", "Denied", "DOCKER_CERT_PATH")]
    public async Task Call_ThatIsRefused_IsToldInTheEnginesWords(int status, string body, string fault, string told)
    {
        _docker.Answers = (method, _) => method == "POST" ? (status, body) : null;

        var failure = await FailsAsync(Enum.Parse<DockerFault>(fault), () => _host.StartContainerAsync("x", CancellationToken.None));

        Assert.Contains(told, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_OfAContainerThatRuns_IsNoFailure()
    {
        _docker.Answers = (method, _) => method == "POST" ? (304, "") : null;

        await _host.StartContainerAsync("x", CancellationToken.None);
    }

    [Theory]
    [InlineData("""{"errorDetail":{"message":"manifest unknown"},"error":"manifest unknown"}""", "NotFound", "There is no image a.example/b:v1")]
    [InlineData("""{"errorDetail":{"message":"unexpected EOF"},"error":"unexpected EOF"}""", "Broken", "broke off")]
    [InlineData("""{"errorDetail":{"message":"write x: no space left on device"}}""", "DiskFull", "docker system df")]
    [InlineData("""{"errorDetail":{"message":"no basic auth credentials"}}""", "RegistryAway", "wants a login")]
    [InlineData("""{"status":"Status: Downloaded"}""", "Broken", "the image is not there")]
    [InlineData("""{"status":"Downl""", "Broken", "the image is not there")]
    [InlineData("<html>", "Broken", "broke off")]
    [InlineData("null", "Broken", "the image is not there")]
    public async Task Pull_ThatFailsInItsProgress_IsToldByItsCause(string line, string fault, string told)
    {
        Answer("/images/create", """{"status":"Pulling","id":"v1"}""" + "\r\n" + line);

        var failure = await FailsAsync(Enum.Parse<DockerFault>(fault), () => _host.PullAsync(Image, (_, _) => { }, CancellationToken.None));

        Assert.Contains(told, failure.Message, StringComparison.Ordinal);
        Assert.Contains(_docker.Calls, call => call.Target.EndsWith("/images/create?fromImage=a.example%2Fb&tag=v1", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Pull_OfLayers_AddsThemUpAndCountsUnpackingAsNothing()
    {
        var told = new List<(long, long)>();
        string[] lines =
        [
            """{"status":"Downloading","id":"one","progressDetail":{"current":10,"total":100}}""",
            """{"status":"Downloading","id":"two","progressDetail":{"current":5,"total":50}}""",
            """{"status":"Download complete","id":"one"}""",
            """{"status":"Extracting","id":"one","progressDetail":{"current":1,"total":100}}""",
            """{"status":"Already exists","id":"three"}""",
            """{"status":"Pull complete","id":"two"}""",
        ];
        _docker.Answers = (_, target) => target.StartsWith("/images/", StringComparison.Ordinal)
            ? (200, target.StartsWith("/images/create", StringComparison.Ordinal) ? string.Join("\r\n", lines) : $$"""{"Id":"{{Digest}}"}""")
            : null;

        await _host.PullAsync(Image, (current, total) => told.Add((current, total)), CancellationToken.None);

        Assert.Equal([(10, 100), (15, 150), (105, 150), (150, 150)], told);
    }

    [Fact]
    public async Task Pull_ThatFallsSilent_IsGivenUp()
    {
        var clock = new ManualClock();
        var told = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var app = await ServeAsync(async context =>
        {
            await context.Response.WriteAsync("""{"status":"Downloading","id":"one","progressDetail":{"current":1,"total":2}}""" + "\n");
            await context.Response.Body.FlushAsync();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        });
        using var host = HostOf(clock);
        var pull = host.PullAsync(Image, (_, _) => told.TrySetResult(), CancellationToken.None);
        await told.Task.WaitAsync(TimeSpan.FromMinutes(1));

        clock.Advance(TimeSpan.FromSeconds(179));
        Assert.False(pull.IsCompleted);
        clock.Advance(TimeSpan.FromSeconds(2));

        Assert.Contains("said nothing for 180 s", (await FailsAsync(DockerFault.Broken, () => pull)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Call_WithoutAnAnswer_IsLate()
    {
        var clock = new ManualClock();
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var app = await ServeAsync(context =>
        {
            asked.TrySetResult();
            return Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted);
        });
        using var host = HostOf(clock);
        var call = host.FindContainerAsync("x", CancellationToken.None);
        await asked.Task.WaitAsync(TimeSpan.FromMinutes(1));

        clock.Advance(TimeSpan.FromSeconds(31));

        Assert.Contains("did not answer within 30 s", (await FailsAsync(DockerFault.Late, () => call)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Call_ThatIsCancelled_IsNoFailure()
    {
        using var given = new CancellationTokenSource();
        await using var app = await ServeAsync(context =>
        {
            given.Cancel();
            return Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted);
        });
        using var host = HostOf(TimeProvider.System);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => host.FindContainerAsync("x", given.Token));
    }

    [Fact]
    public async Task Pull_LineWithoutEnd_IsGivenUp()
    {
        Answer("/images/create", "{\"status\":\"" + new string('x', 3 * 1024 * 1024));

        Assert.Contains("a line without an end", (await FailsAsync(DockerFault.Refused, () => _host.PullAsync(Image, (_, _) => { }, CancellationToken.None))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a/../../info")]
    [InlineData("a/./b")]
    [InlineData("a//b")]
    public void Image_WhoseNameLeadsElsewhere_IsNone(string name) => Assert.Null(ImageReference.Parse(name));

    [Fact]
    public async Task Log_OfTwoOutputs_IsTheirLines()
    {
        byte[] log = [.. Frame(1, "one\r\ntw"), .. Frame(2, "oh"), .. Frame(1, "o\n"), .. Frame(1, new string('x', 20000) + "\nlast")];

        Assert.Equal(["one", "two", new string('x', 16384), new string('x', 20000 - 16384), "last", "oh"], await LogAsync(log));
    }

    [Fact]
    public async Task Log_CutInTheMiddleOfAFrame_IsBroken() =>
        Assert.Contains("The log broke off", (await FailsAsync(DockerFault.Broken, () => LogAsync([.. Frame(1, "one\n"), .. Frame(1, "two")[..9]]))).Message, StringComparison.Ordinal);

    [Fact]
    public async Task Digest_OfARegistry_IsAskedWithTheLogin()
    {
        File.WriteAllText(_folder.File("config.json"), """{"auths":{"a.example":{"auth":"YW5uOnB3"}}}""");
        using var host = new DockerHost(new DockerAddress(_folder.File("docker.sock"), new Uri("http://docker")), new RegistryLogins(_folder.File("config.json")), TimeProvider.System);
        Answer("/distribution/a.example/b:v1/json", $$"""{"Descriptor":{"digest":"{{Digest}}","size":1} }""");

        Assert.Equal(Digest, await host.DigestAsync(Image, CancellationToken.None));

        var login = JsonSerializer.Deserialize<JsonElement>(Convert.FromBase64String(_docker.Calls[^1].Login));
        Assert.Equal("ann", login.GetProperty("username").GetString());
    }

    private static byte[] Frame(byte output, string text)
    {
        var bytes = System.Text.Encoding.UTF8.GetBytes(text);
        var header = new byte[8];
        header[0] = output;
        System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), bytes.Length);
        return [.. header, .. bytes];
    }

    private static async Task<DockerException> FailsAsync(DockerFault fault, Func<Task> call)
    {
        var failure = await Assert.ThrowsAsync<DockerException>(call);
        Assert.True(failure.Fault == fault, $"{failure.Fault}: {failure.Message}");
        return failure;
    }

    private async Task<List<string>> LogAsync(byte[] log)
    {
        await using var app = await ServeAsync(async context => await context.Response.BodyWriter.WriteAsync(
            context.Request.Path.Value!.EndsWith("/logs", StringComparison.Ordinal) ? log : """{"Id":"x","Config":{"Tty":false}}"""u8.ToArray()));
        using var host = HostOf(TimeProvider.System);
        var lines = new List<string>();
        await foreach (var line in host.LogsAsync("x", 5, follow: false, CancellationToken.None))
        {
            lines.Add(line);
        }

        return lines;
    }

    private DockerHost HostOf(TimeProvider clock) => new(new DockerAddress(_folder.File("own.sock"), new Uri("http://docker")), new RegistryLogins(null), clock);

    /// <summary>A Docker Engine of which every answer but its version is written by the test.</summary>
    private async Task<WebApplication> ServeAsync(RequestDelegate answer)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.ListenUnixSocket(_folder.File("own.sock")));
        var app = builder.Build();
        app.Run(context => context.Request.Path == "/version" ? context.Response.WriteAsync("""{"ApiVersion":"1.41"}""") : answer(context));
        await app.StartAsync();
        return app;
    }

    private void Answer(string path, string body, string version = """{"ApiVersion":"1.41","MinAPIVersion":"1.12"}""") => _docker.Answers = (_, target) =>
        target == "/version" ? ((int)HttpStatusCode.OK, version) : target.Split('?')[0] == path ? (200, body) : null;
}
