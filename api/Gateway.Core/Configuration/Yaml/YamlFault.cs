namespace Gateway.Core.Configuration;

/// <summary>Something that is wrong in the file.</summary>
/// <param name="Place">Where.</param>
/// <param name="Path">Which value, as <c>backends[1].urls[0]</c>; empty for the file itself.</param>
/// <param name="Message">What, and what is allowed. Shows no secret.</param>
public sealed record YamlFault(YamlPlace Place, string Path, string Message)
{
    /// <summary>As compilers write it, so that editors lead there.</summary>
    public string Format(string file) =>
        FormattableString.Invariant($"{file}:{Place.Line}:{Place.Column}: {(Path.Length == 0 ? "" : Path + ": ")}{Message}");
}
