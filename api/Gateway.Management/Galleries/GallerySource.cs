using System.Net;
using Gateway.Core.Configuration;
using Gateway.Proxy.Backends;
using Polly;
using Polly.Timeout;

namespace Gateway.Management.Galleries;

/// <summary>Fetches galleries' files: bounded in size, in time and in redirects.</summary>
public sealed class GallerySource(HttpClient client, TimeProvider clock)
{
    private const int MaxRedirects = 5;
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(20);

    /// <summary>Fetches a gallery's file.</summary>
    /// <returns>Its bytes, or null with the reason.</returns>
    public async Task<(byte[]? Bytes, string? Reason)> ReadAsync(GallerySettings gallery, CancellationToken cancellationToken)
    {
        try
        {
            return gallery.Url.StartsWith("http://", StringComparison.OrdinalIgnoreCase) || gallery.Url.StartsWith("https://", StringComparison.OrdinalIgnoreCase)
                ? await DownloadAsync(new Uri(gallery.Url), cancellationToken)
                : await Task.Run(() => Open(gallery.Url), cancellationToken).WaitAsync(Timeout, clock, cancellationToken);
        }
        catch (Exception e) when (e is OperationCanceledException or TimeoutException or TimeoutRejectedException && !cancellationToken.IsCancellationRequested)
        {
            return (null, FormattableString.Invariant($"it was not here within {Timeout.TotalSeconds:0} s."));
        }
        catch (Exception e) when (e is HttpRequestException or IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException or UriFormatException or ExecutionRejectedException)
        {
            return (null, $"it cannot be read: {e.Message}");
        }
    }

    private async Task<(byte[]? Bytes, string? Reason)> DownloadAsync(Uri url, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(Timeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        for (var redirects = 0; ; redirects++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, url);
            using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
            if (response.StatusCode == HttpStatusCode.OK)
            {
                return await ReadAsync(response.Content, either.Token);
            }

            if ((int)response.StatusCode is not (301 or 302 or 303 or 307 or 308) || redirects == MaxRedirects)
            {
                return (null, FormattableString.Invariant($"the answer is {(int)response.StatusCode}, not 200{(redirects > 0 ? $", after {redirects} redirects" : "")}."));
            }

            if (Next(url, response) is not { } next)
            {
                return (null, FormattableString.Invariant($"it is redirected ({(int)response.StatusCode}) to an address that is not followed: only http and https are, and not from https to http."));
            }

            url = next;
        }
    }

    private static async Task<(byte[]? Bytes, string? Reason)> ReadAsync(HttpContent content, CancellationToken cancellationToken)
    {
        try
        {
            // One byte more than is allowed, so that the parser sees that it is too long.
            return (await BoundedBody.ReadAsync(content, YamlTree.MaxBytes + 1, cancellationToken), null);
        }
        catch (Exception e) when (e is InvalidDataException or InvalidOperationException)
        {
            // The decoders' own kinds: gzip and deflate throw the first, Brotli the second.
            return (null, $"it is not compressed in the way it says: {e.Message}");
        }
    }

    private static Uri? Next(Uri url, HttpResponseMessage response)
    {
        // Read as text: the typed header throws for some of what servers send.
        if (!response.Headers.TryGetValues("Location", out var values) || !Uri.TryCreate(url, values.First(), out var next))
        {
            return null;
        }

        var followed = next.Scheme == Uri.UriSchemeHttps || (next.Scheme == Uri.UriSchemeHttp && url.Scheme == Uri.UriSchemeHttp);
        return followed && next.Host.Length > 0 ? next : null;
    }

    private static (byte[]? Bytes, string? Reason) Open(string path)
    {
        var file = path.StartsWith("file://", StringComparison.Ordinal) ? new Uri(path).LocalPath : path;
        if (!File.Exists(file))
        {
            return (null, Directory.Exists(file) ? "it is a folder, not a file." : "there is no such file.");
        }

        // Bounded by what is read: a device or a pipe has no length.
        var (bytes, reason) = SettingsFile.Read(file);
        return bytes?.Length > YamlTree.MaxBytes ? (null, "the file is over 1 MiB, which is more than any gallery needs.") : (bytes, reason is null ? null : $"it cannot be read: {reason}");
    }
}
