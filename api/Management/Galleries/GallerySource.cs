using System.Net;
using Gateway.Backends;
using Gateway.Configuration;
using Gateway.Configuration.Yaml;

namespace Gateway.Management.Galleries;

/// <summary>Fetches galleries' files: bounded in size, in time and in redirects.</summary>
internal sealed class GallerySource : IDisposable
{
    private const int MaxRedirects = 5;
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(20);

    private readonly TimeProvider _clock;

    // Not the engines' client: a gallery may be behind a proxy, and a redirect is nothing unusual.
    private readonly HttpMessageInvoker _client = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = true,
        MaxAutomaticRedirections = MaxRedirects,
        AutomaticDecompression = DecompressionMethods.All,
        UseCookies = false,
        ConnectTimeout = TimeSpan.FromSeconds(10),
        MaxResponseHeadersLength = 64,
        PooledConnectionIdleTimeout = TimeSpan.FromSeconds(5),
    });

    public GallerySource(TimeProvider clock) => _clock = clock;

    /// <summary>Fetches a gallery's file.</summary>
    /// <returns>Its bytes, or null with the reason. Never throws but for cancellation.</returns>
    public async Task<(byte[]? Bytes, string? Reason)> ReadAsync(GallerySettings gallery, CancellationToken cancellationToken)
    {
        try
        {
            return gallery.Url.StartsWith("http://", StringComparison.OrdinalIgnoreCase) || gallery.Url.StartsWith("https://", StringComparison.OrdinalIgnoreCase)
                ? await DownloadAsync(new Uri(gallery.Url), cancellationToken)
                : await OpenAsync(gallery.Url, cancellationToken);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return (null, FormattableString.Invariant($"it was not here within {Timeout.TotalSeconds:0} s."));
        }
        catch (Exception e) when (e is HttpRequestException or IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException)
        {
            return (null, $"it cannot be read: {e.Message}");
        }
    }

    public void Dispose() => _client.Dispose();

    private async Task<(byte[]? Bytes, string? Reason)> DownloadAsync(Uri url, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(Timeout, _clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        using var response = await _client.SendAsync(request, either.Token);
        if (response.StatusCode != HttpStatusCode.OK)
        {
            return (null, FormattableString.Invariant($"the answer is {(int)response.StatusCode}, not 200."));
        }

        // One byte more than is allowed, so that whoever parses it sees that it is too long.
        return (await BoundedBody.ReadAsync(response.Content, YamlTree.MaxBytes + 1, either.Token), null);
    }

    private static async Task<(byte[]? Bytes, string? Reason)> OpenAsync(string path, CancellationToken cancellationToken)
    {
        var file = path.StartsWith("file://", StringComparison.Ordinal) ? new Uri(path).LocalPath : path;
        var info = new FileInfo(file);
        if (!info.Exists || info.Length > YamlTree.MaxBytes)
        {
            return (null, info.Exists ? "the file is over 1 MiB, which is more than any gallery needs." : Directory.Exists(file) ? "it is a folder, not a file." : "there is no such file.");
        }

        return (await File.ReadAllBytesAsync(file, cancellationToken), null);
    }
}
