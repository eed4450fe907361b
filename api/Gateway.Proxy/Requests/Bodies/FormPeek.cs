using System.Text;
using Microsoft.Net.Http.Headers;

namespace Gateway.Proxy.Requests;

/// <summary>Finds the text of one part of a multipart form; a form that two readers could read differently is refused.</summary>
internal static class FormPeek
{
    private const int MaxBoundary = 200;
    private const int MaxHeaders = 8 * 1024;
    private const string NoForm = "The body should be a multipart form (multipart/form-data, with its boundary).";
    private const string Broken = "The form is not valid: a part has no end, or no readable headers.";

    /// <summary>Finds a part by name.</summary>
    /// <param name="contentType">The request's content type, with its boundary.</param>
    /// <param name="body">The whole form.</param>
    /// <param name="name">The part's name.</param>
    /// <returns>Where the part's text lies, null when there is none; or what is wrong with the form, as a sentence for the
    /// caller.</returns>
    public static (Range? Text, string? Fault) Find(string? contentType, ReadOnlySpan<byte> body, string name)
    {
        if (!MediaTypeHeaderValue.TryParse(contentType, out var type) || !type.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase))
        {
            return (null, NoForm);
        }

        var boundary = HeaderUtilities.RemoveQuotes(type.Boundary).ToString();
        if (boundary.Length is 0 or > MaxBoundary)
        {
            return (null, NoForm);
        }

        Span<byte> delimiter = stackalloc byte[boundary.Length + 4];
        "\r\n--"u8.CopyTo(delimiter);
        Encoding.ASCII.GetBytes(boundary, delimiter[4..]);
        return Find(body, delimiter, name);
    }

    /// <summary>The parts in their order; of a form that cannot be read for sure, those before the fault.</summary>
    /// <param name="contentType">The request's content type, with its boundary.</param>
    /// <param name="body">The whole form.</param>
    public static List<FormPart> Parts(string? contentType, ReadOnlySpan<byte> body)
    {
        var parts = new List<FormPart>();
        if (Boundary(contentType) is not { } boundary)
        {
            return parts;
        }

        var delimiter = Encoding.ASCII.GetBytes($"\r\n--{boundary}");
        for (var at = First(body, delimiter); at >= 0 && !body[at..].StartsWith("--"u8);)
        {
            var start = Headers(body, at);
            var length = start < 0 ? -1 : body[start..].IndexOf(delimiter);
            if (length < 0)
            {
                break;
            }

            var headers = Encoding.UTF8.GetString(body[at..(start - 2)]);
            if (NameIn(headers) is { } name)
            {
                // With the delimiter before it, up to the one behind it; the line break before a form's first delimiter is not part of it.
                var begin = at - delimiter.Length;
                parts.Add(new(name, start..(start + length), begin < 0 ? 0..(start + length + 2) : begin..(start + length), headers.Contains("filename", StringComparison.OrdinalIgnoreCase)));
            }

            at = start + length + delimiter.Length;
        }

        return parts;
    }

    private static string? NameIn(string headers) => headers.Split("\r\n")
        .Where(line => line.StartsWith("Content-Disposition:", StringComparison.OrdinalIgnoreCase))
        .Select(line => NameOf(line["Content-Disposition:".Length..]))
        .FirstOrDefault();

    private static string? Boundary(string? contentType)
    {
        if (!MediaTypeHeaderValue.TryParse(contentType, out var type) || !type.MediaType.StartsWith("multipart/", StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        var boundary = HeaderUtilities.RemoveQuotes(type.Boundary).ToString();
        return boundary.Length is 0 or > MaxBoundary ? null : boundary;
    }

    private static (Range? Text, string? Fault) Find(ReadOnlySpan<byte> body, ReadOnlySpan<byte> delimiter, string name)
    {
        Range? found = null;
        var at = First(body, delimiter);
        while (at >= 0)
        {
            if (body[at..].StartsWith("--"u8))
            {
                return (found, null);
            }

            var start = Headers(body, at);
            var length = start < 0 ? -1 : body[start..].IndexOf(delimiter);
            if (length < 0 || Named(body[at..(start - 2)], name) is not { } named)
            {
                break;
            }

            if (named && found is not null)
            {
                return (null, $"The form has the part `{name}` more than once.");
            }

            found = named ? start..(start + length) : found;
            at = start + length + delimiter.Length;
        }

        return (null, Broken);
    }

    // The first delimiter needs no line end before it; whatever comes before it says nothing.
    private static int First(ReadOnlySpan<byte> body, ReadOnlySpan<byte> delimiter)
    {
        if (body.StartsWith(delimiter[2..]))
        {
            return delimiter.Length - 2;
        }

        var at = body.IndexOf(delimiter);
        return at < 0 ? -1 : at + delimiter.Length;
    }

    /// <summary>Where the text behind a part's headers begins; -1 when they are none that every reader would take.</summary>
    private static int Headers(ReadOnlySpan<byte> body, int at)
    {
        var headers = body[at..Math.Min(body.Length, at + MaxHeaders)];
        var end = headers.IndexOf("\r\n\r\n"u8);
        return end >= 0 && headers[..headers.IndexOf((byte)'\r')].Trim(" \t"u8).IsEmpty ? at + end + 4 : -1;
    }

    /// <summary>The part has that name, in any spelling of case; null when its headers cannot be read for sure.</summary>
    private static bool? Named(ReadOnlySpan<byte> headers, string name)
    {
        string? found = null;
        foreach (var line in Encoding.UTF8.GetString(headers).Split("\r\n").Skip(1).Where(line => line.Length > 0))
        {
            // Lines that go on in the next one, and ends of line of another kind, are read by some and not by others.
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon <= 0 || line.AsSpan().ContainsAny('\n', '\r') || line.AsSpan(0, colon).ContainsAny(' ', '\t'))
            {
                return null;
            }

            if (!line.AsSpan(0, colon).Equals("Content-Disposition", StringComparison.OrdinalIgnoreCase))
            {
                continue;
            }

            if (found is not null || NameOf(line[(colon + 1)..]) is not { } named)
            {
                return null;
            }

            found = named;
        }

        return found is null ? null : FoldedName.Equal(Encoding.UTF8.GetBytes(found), Encoding.UTF8.GetBytes(name));
    }

    private static string? NameOf(string disposition) =>
        ContentDispositionHeaderValue.TryParse(disposition.Trim(), out var parsed)
        && parsed.Parameters.Count(parameter => parameter.Name.StartsWith("name", StringComparison.OrdinalIgnoreCase)) == 1
        && parsed.Name.HasValue
            ? HeaderUtilities.UnescapeAsQuotedString(parsed.Name).ToString()
            : null;
}

/// <summary>A part of a form.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Text">Where its content lies.</param>
/// <param name="Whole">What has to go for the form to be without it.</param>
/// <param name="IsFile">It has the name of a file.</param>
internal readonly record struct FormPart(string Name, Range Text, Range Whole, bool IsFile);
