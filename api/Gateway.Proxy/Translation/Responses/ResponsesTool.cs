using System.Security.Cryptography;
using System.Text;

namespace Gateway.Proxy.Translation;

/// <summary>A tool by the name that the client has for it.</summary>
internal readonly record struct ResponsesToolKey(string? Namespace, string Name, bool Custom)
{
    /// <summary>The API that engines copy takes no longer names.</summary>
    private const int Longest = 64;

    private const int Kept = 43;

    /// <summary>Its one name for the engine: with that of its namespace before it, or an alias where that is too long.</summary>
    public string ForEngine()
    {
        var whole = Namespace is null ? Name : Namespace + "__" + Name;
        return whole.Length <= Longest ? whole : Alias();
    }

    /// <summary>
    /// A name that no other tool has. It comes from the tool's names alone, so it is the same in every request of a session.
    /// </summary>
    public string Alias()
    {
        var whole = Namespace is null ? Name : Namespace + "__" + Name;
        var plain = string.Concat(whole.Where(static letter => char.IsAsciiLetterOrDigit(letter) || letter is '_' or '-').Take(Kept));
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{Namespace}\n{Name}\n{Custom}"));
        return plain + "_" + Convert.ToHexStringLower(hash)[..20];
    }
}

/// <summary>A tool that the request offers.</summary>
/// <param name="Key">The client's name for it.</param>
/// <param name="Upstream">The engine's.</param>
internal sealed record ResponsesTool(ResponsesToolKey Key, string Upstream);
