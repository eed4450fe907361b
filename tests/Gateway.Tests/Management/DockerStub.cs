using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Gateway.Tests.Management;

/// <summary>A Docker Engine on a socket that has nothing, unless a test says what it answers; it keeps what it was asked.</summary>
internal sealed class DockerStub : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly Lock _lock = new();
    private readonly List<DockerCall> _calls = [];

    private DockerStub(WebApplication app) => _app = app;

    /// <summary>By method and target without the version: status and body; null: 404.</summary>
    public Func<string, string, (int Status, string Body)?> Answers { get; set; } = (_, _) => null;

    public IReadOnlyList<DockerCall> Calls
    {
        get
        {
            lock (_lock)
            {
                return [.. _calls];
            }
        }
    }

    public static async Task<DockerStub> StartAsync(string socket)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.ListenUnixSocket(socket));
        var app = builder.Build();
        var stub = new DockerStub(app);
        app.Run(stub.AnswerAsync);
        await app.StartAsync();
        return stub;
    }

    public Task StopAsync() => _app.StopAsync();

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body);
        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        var body = await reader.ReadToEndAsync();
        lock (_lock)
        {
            _calls.Add(new DockerCall(context.Request.Method, target, body, context.Request.Headers["X-Registry-Auth"].ToString()));
        }

        var bare = target.StartsWith("/v1.", StringComparison.Ordinal) ? target[target.IndexOf('/', 1)..] : target;
        var (status, answer) = Answers(context.Request.Method, bare)
            ?? (bare == "/version" ? (200, """{"Version":"28.0","ApiVersion":"1.48","MinAPIVersion":"1.24"}""") : (404, """{"message":"No such thing"}"""));
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(answer);
    }
}

/// <summary>A call as it arrived.</summary>
internal sealed record DockerCall(string Method, string Target, string Body, string Login);
