namespace Gateway.Management.Docker;

/// <summary>The name of an image: <c>[registry/]repository[:tag][@digest]</c>.</summary>
/// <param name="Repository">With its registry, where it names one.</param>
/// <param name="Tag">Null where only a digest is named.</param>
/// <param name="Digest"><c>sha256:…</c>; null: whatever the tag means.</param>
internal sealed record ImageReference(string Repository, string? Tag, string? Digest)
{
    /// <summary>Without a tag the Docker Engine would pull every tag there is.</summary>
    public const string DefaultTag = "latest";

    /// <summary>What is pulled: the digest where one is named.</summary>
    public string TagOrDigest => Digest ?? Tag ?? DefaultTag;

    /// <returns>Null where it is no name of an image.</returns>
    public static ImageReference? Parse(string text)
    {
        var at = text.IndexOf('@', StringComparison.Ordinal);
        var digest = at < 0 ? null : text[(at + 1)..];
        var name = at < 0 ? text : text[..at];
        var colon = name.LastIndexOf(':');
        var tag = colon > name.LastIndexOf('/') ? name[(colon + 1)..] : null;
        var repository = tag is null ? name : name[..colon];
        return IsRepository(repository) && (tag is null || IsTag(tag)) && (digest is null || IsDigest(digest))
            ? new ImageReference(repository, tag ?? (digest is null ? DefaultTag : null), digest)
            : null;
    }

    public static bool IsDigest(string text) =>
        text.Length == 71 && text.StartsWith("sha256:", StringComparison.Ordinal) && text.Skip(7).All(char.IsAsciiHexDigitLower);

    public override string ToString() => Repository + (Tag is null ? "" : ":" + Tag) + (Digest is null ? "" : "@" + Digest);

    private static bool IsRepository(string text) =>
        text.Length is > 0 and <= 255 && char.IsAsciiLetterOrDigit(text[0]) && char.IsAsciiLetterOrDigit(text[^1])
        // It becomes a part of an address.
        && !text.Split('/').Any(part => part is "" or "." or "..")
        && text.All(sign => char.IsAsciiLetterOrDigit(sign) || sign is '.' or '_' or '-' or '/' or ':');

    private static bool IsTag(string text) =>
        text.Length is > 0 and <= 128 && (char.IsAsciiLetterOrDigit(text[0]) || text[0] == '_') && text.All(sign => char.IsAsciiLetterOrDigit(sign) || sign is '.' or '_' or '-');
}
