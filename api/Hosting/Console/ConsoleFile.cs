using System.Collections.Frozen;
using System.Security.Cryptography;

namespace Gateway.Hosting.Console;

/// <summary>One file of the console, as it is sent.</summary>
/// <param name="Content">Its bytes.</param>
/// <param name="ContentType">Its media type.</param>
/// <param name="Tag">Its entity tag, with the quotes.</param>
/// <param name="Immutable">Its name changes with its content.</param>
internal sealed record ConsoleFile(byte[] Content, string ContentType, string Tag, bool Immutable)
{
    private static readonly FrozenDictionary<string, string> Types = new Dictionary<string, string>
    {
        [".html"] = "text/html; charset=utf-8",
        [".css"] = "text/css; charset=utf-8",
        [".js"] = "text/javascript; charset=utf-8",
        [".svg"] = "image/svg+xml",
        [""] = "text/plain; charset=utf-8",
    }.ToFrozenDictionary();

    /// <param name="name">Its path below the console's folder; a third party's files lie in a folder named after their version.</param>
    /// <param name="content">Its bytes.</param>
    public static ConsoleFile Of(string name, byte[] content) =>
        new(content, Types[Path.GetExtension(name)], $"\"{Convert.ToHexStringLower(SHA256.HashData(content))[..24]}\"", name.StartsWith("vendor/", StringComparison.Ordinal));
}
