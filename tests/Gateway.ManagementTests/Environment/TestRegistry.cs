using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Gateway.ManagementTests;

/// <summary>A registry that speaks as much of the distribution API as pushing and pulling take, and can hand out wrong layers.</summary>
internal sealed partial class TestRegistry : IAsyncDisposable
{
    private const int LargestConfig = 20_000;
    private readonly WebApplication _app;
    private readonly ConcurrentDictionary<string, byte[]> _blobs = [];
    private readonly ConcurrentDictionary<string, (string Type, byte[] Body)> _manifests = [];
    private readonly ConcurrentDictionary<string, MemoryStream> _uploads = [];

    private TestRegistry(WebApplication app) => _app = app;

    /// <summary>Host and port, as an image's name begins.</summary>
    public string Name { get; private set; } = "";

    /// <summary>Layers come with other bytes than their digest says.</summary>
    public bool Lies { get; set; }

    /// <summary>What every question is answered with; null: as it should be.</summary>
    public int? Status { get; set; }

    /// <summary>Layers are held back until it completes.</summary>
    public TaskCompletionSource? Gate { get; set; }

    /// <summary>How many times a layer was asked for.</summary>
    public int LayerReads { get; private set; }

    public static async Task<TestRegistry> StartAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestBodySize = null).UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var app = builder.Build();
        var registry = new TestRegistry(app);
        app.Run(registry.HandleAsync);
        await app.StartAsync();
        registry.Name = new Uri(app.Urls.First()).Authority;
        return registry;
    }

    /// <summary>Makes an image of the tiny engine, pushes it, and removes it from the Docker Engine.</summary>
    /// <returns>Its name, and its digest here.</returns>
    public async Task<(string Image, string Digest)> PushAsync(string tag, string version, string behaviour = "ready", int ballastMegabytes = 0)
    {
        var image = $"{Name}/tiny:{tag}";
        await TinyImages.MakeAsAsync(image, version, behaviour, ballastMegabytes);
        (await Shell.RunAsync("docker", "push", "--quiet", image)).Succeeded();
        await TinyImages.RemoveAsync(image);
        return (image, DigestOf(_manifests[$"tiny:{tag}"].Body));
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
        var images = await Shell.RunAsync("docker", "images", "--quiet", "--no-trunc", $"{Name}/tiny");
        foreach (var image in images.Standard.Split('\n', StringSplitOptions.RemoveEmptyEntries).Distinct())
        {
            await TinyImages.RemoveAsync(image);
        }
    }

    private async Task HandleAsync(HttpContext context)
    {
        if (Status is { } status)
        {
            context.Response.StatusCode = status;
            return;
        }

        var path = context.Request.Path.Value!;
        if (path is "/v2/")
        {
            return;
        }

        var match = Parts().Match(path);
        await (match.Groups[2].Value switch
        {
            "manifests" => ManifestAsync(context, match.Groups[1].Value, match.Groups[3].Value),
            "blobs/uploads" => UploadAsync(context, match.Groups[3].Value),
            "blobs" => BlobAsync(context, match.Groups[3].Value),
            _ => FailAsync(context),
        });
    }

    private async Task ManifestAsync(HttpContext context, string name, string reference)
    {
        if (HttpMethods.IsPut(context.Request.Method))
        {
            var body = await ReadAsync(context.Request);
            var manifest = (context.Request.ContentType!, body);
            _manifests[$"{name}:{reference}"] = _manifests[$"{name}:{DigestOf(body)}"] = manifest;
            context.Response.Headers["Docker-Content-Digest"] = DigestOf(body);
            context.Response.StatusCode = 201;
            return;
        }

        if (!_manifests.TryGetValue($"{name}:{reference}", out var found))
        {
            context.Response.StatusCode = 404;
            await context.Response.WriteAsync("""{"errors":[{"code":"MANIFEST_UNKNOWN","message":"manifest unknown"}]}""");
            return;
        }

        context.Response.ContentType = found.Type;
        context.Response.Headers["Docker-Content-Digest"] = DigestOf(found.Body);
        await WriteAsync(context, found.Body);
    }

    private async Task UploadAsync(HttpContext context, string id)
    {
        if (HttpMethods.IsPost(context.Request.Method))
        {
            id = Guid.NewGuid().ToString("N");
            _uploads[id] = new MemoryStream();
        }

        await context.Request.Body.CopyToAsync(_uploads[id]);
        context.Response.Headers.Location = $"{context.Request.Path.Value!.TrimEnd('/').Replace("/" + id, "", StringComparison.Ordinal)}/{id}";
        context.Response.Headers["Docker-Upload-UUID"] = id;
        context.Response.Headers.Range = $"0-{Math.Max(0, _uploads[id].Length - 1)}";
        context.Response.StatusCode = 202;
        if (HttpMethods.IsPut(context.Request.Method))
        {
            var digest = context.Request.Query["digest"].ToString();
            _blobs[digest] = _uploads[id].ToArray();
            context.Response.Headers["Docker-Content-Digest"] = digest;
            context.Response.StatusCode = 201;
        }
    }

    private async Task BlobAsync(HttpContext context, string digest)
    {
        if (!_blobs.TryGetValue(digest, out var blob))
        {
            await FailAsync(context);
            return;
        }

        context.Response.Headers["Docker-Content-Digest"] = digest;
        var isLayer = blob.Length > LargestConfig;
        if (isLayer && Gate is { } gate)
        {
            await gate.Task.WaitAsync(context.RequestAborted);
        }

        LayerReads += isLayer && HttpMethods.IsGet(context.Request.Method) ? 1 : 0;
        await WriteAsync(context, Lies && isLayer ? [.. blob[..^1], (byte)(blob[^1] + 1)] : blob);
    }

    private static async Task WriteAsync(HttpContext context, byte[] body)
    {
        context.Response.ContentLength = body.Length;
        if (!HttpMethods.IsHead(context.Request.Method))
        {
            await context.Response.Body.WriteAsync(body);
        }
    }

    private static Task FailAsync(HttpContext context)
    {
        context.Response.StatusCode = 404;
        return Task.CompletedTask;
    }

    private static async Task<byte[]> ReadAsync(HttpRequest request)
    {
        var body = new MemoryStream();
        await request.Body.CopyToAsync(body);
        return body.ToArray();
    }

    private static string DigestOf(byte[] body) => $"sha256:{Convert.ToHexStringLower(SHA256.HashData(body))}";

    [GeneratedRegex("^/v2/(.+?)/(manifests|blobs/uploads|blobs)/?(.*)$")]
    private static partial Regex Parts();
}
