using Microsoft.Net.Http.Headers;

namespace Gateway.Bodies;

/// <summary>Finds the text of one part of a multipart form without taking the form apart.</summary>
internal static class FormPeek
{
    private const int MaxBoundary = 200;
    private const int MaxHeaders = 8 * 1024;

    /// <summary>Finds a part by name.</summary>
    /// <param name="contentType">The request's content type, with its boundary.</param>
    /// <param name="body">The whole form.</param>
    /// <param name="name">The part's name.</param>
    /// <returns>Where the part's text lies; null when there is none or the body is no multipart form.</returns>
    public static Range? Find(string? contentType, ReadOnlySpan<byte> body, string name)
    {
        if (!MediaTypeHeaderValue.TryParse(contentType, out var type) || !type.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        var boundary = HeaderUtilities.RemoveQuotes(type.Boundary).ToString();
        if (boundary.Length is 0 or > MaxBoundary)
        {
            return null;
        }

        Span<byte> delimiter = stackalloc byte[boundary.Length + 4];
        "\r\n--"u8.CopyTo(delimiter);
        System.Text.Encoding.ASCII.GetBytes(boundary, delimiter[4..]);
        return Find(body, delimiter, name);
    }

    private static Range? Find(ReadOnlySpan<byte> body, ReadOnlySpan<byte> delimiter, string name)
    {
        // The first delimiter has no line end before it.
        var at = body.StartsWith(delimiter[2..]) ? delimiter.Length - 2 : -1;
        while (at >= 0 && at < body.Length)
        {
            var headers = body[at..Math.Min(body.Length, at + MaxHeaders)];
            var headersEnd = headers.IndexOf("\r\n\r\n"u8);
            if (headersEnd < 0)
            {
                return null;
            }

            var start = at + headersEnd + 4;
            var length = body[start..].IndexOf(delimiter);
            if (length < 0)
            {
                return null;
            }

            if (IsNamed(headers[..headersEnd], name))
            {
                return start..(start + length);
            }

            at = start + length + delimiter.Length;
        }

        return null;
    }

    private static bool IsNamed(ReadOnlySpan<byte> headers, string name)
    {
        foreach (var line in System.Text.Encoding.UTF8.GetString(headers).Split("\r\n"))
        {
            if (line.StartsWith("Content-Disposition:", StringComparison.OrdinalIgnoreCase)
                && ContentDispositionHeaderValue.TryParse(line["Content-Disposition:".Length..].Trim(), out var disposition))
            {
                return HeaderUtilities.RemoveQuotes(disposition.Name).Equals(name, StringComparison.Ordinal) && !disposition.FileName.HasValue;
            }
        }

        return false;
    }
}
