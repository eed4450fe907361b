using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Gateway.Proxy.Translation;

/// <summary>
/// Ids of tool calls. Clients take <c>^[a-zA-Z0-9_-]{1,64}$</c>, engines write what they like, and some insist on getting back exactly
/// that. So an id with other signs is given to the client with these escaped, and read back when it returns; nothing is kept in
/// between.
/// </summary>
internal static class ResponsesCallIds
{
    private const int Longest = 64;
    private const string Own = "gw-";
    private const string Escaped = "gw-e-";
    private const string Hashed = "gw-h-";

    private static readonly CultureInfo Culture = CultureInfo.InvariantCulture;

    /// <summary>The engine's id as the client gets it.</summary>
    public static string ToClient(string id)
    {
        if (id.Length <= Longest && id.All(IsPlain) && !id.StartsWith(Own, StringComparison.Ordinal))
        {
            return id;
        }

        var text = new StringBuilder(Escaped, Longest);
        foreach (var unit in Encoding.UTF8.GetBytes(id))
        {
            // The hyphen begins an escape, and so is escaped itself.
            _ = IsPlain((char)unit) && unit != '-' ? text.Append((char)unit) : text.Append(Culture, $"-{unit:x2}");
            if (text.Length > Longest)
            {
                // Too long to be read back: the engine then gets this id, in the call and in its result alike.
                return Hashed + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(id)))[..48];
            }
        }

        return text.ToString();
    }

    /// <summary>The client's id as the engine wrote it.</summary>
    public static string ToEngine(string id)
    {
        if (!id.StartsWith(Escaped, StringComparison.Ordinal))
        {
            return id;
        }

        var units = new List<byte>(id.Length);
        for (var i = Escaped.Length; i < id.Length; i++)
        {
            if (id[i] != '-')
            {
                units.Add((byte)id[i]);
            }
            else if (i + 2 < id.Length && byte.TryParse(id.AsSpan(i + 1, 2), NumberStyles.AllowHexSpecifier, Culture, out var unit))
            {
                units.Add(unit);
                i += 2;
            }
            else
            {
                return id;
            }
        }

        var engine = Encoding.UTF8.GetString([.. units]);
        return ToClient(engine) == id ? engine : id;
    }

    private static bool IsPlain(char letter) => char.IsAsciiLetterOrDigit(letter) || letter is '_' or '-';
}
