using System.Buffers;
using System.Security.Cryptography;
using System.Text;

namespace Gateway.Proxy.Translation;

/// <summary>
/// Names of tools. Chat completions take 64 letters, the Messages API 128: a longer name goes to the engine under an alias that follows
/// from the name
/// alone, so that it is the same in every turn, and comes back whole.
/// </summary>
internal sealed class MessagesToolNames
{
    private const int Longest = 64;

    private readonly Dictionary<string, byte[]> _aliases = [];
    private readonly HashSet<string> _used = [];

    /// <summary>Notes that the conversation calls a tool or refers to it.</summary>
    public void NoteUse(ReadOnlySpan<byte> inside) => _used.Add(MessagesText.Read(inside));

    /// <summary>The conversation calls the tool or refers to it.</summary>
    public bool IsUsed(ReadOnlySpan<byte> inside) => _used.Contains(MessagesText.Read(inside));

    /// <summary>Writes the name that the engine gets, without quotes.</summary>
    /// <param name="output">Gets it.</param>
    /// <param name="inside">The caller's name, as it is escaped.</param>
    public void WriteForEngine(IBufferWriter<byte> output, ReadOnlySpan<byte> inside)
    {
        if (ForEngine(inside) is { } alias)
        {
            output.Write(Encoding.ASCII.GetBytes(alias));
        }
        else
        {
            output.Write(inside);
        }
    }

    /// <summary>Writes the name that the caller knows, without quotes.</summary>
    /// <param name="output">Gets it.</param>
    /// <param name="inside">The engine's name, as it is escaped.</param>
    public void WriteForCaller(IBufferWriter<byte> output, ReadOnlySpan<byte> inside) =>
        output.Write(inside.Length == Longest && _aliases.TryGetValue(Encoding.ASCII.GetString(inside), out var name) ? name : inside);

    /// <summary>The alias, where the name needs one.</summary>
    public string? ForEngine(ReadOnlySpan<byte> inside)
    {
        if (inside.Length <= Longest || MessagesText.Unescaped(inside) is not { Length: > Longest } name)
        {
            return null;
        }

        var alias = string.Create(Longest, name, static (letters, name) =>
        {
            Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
            SHA256.HashData(name, hash);
            Convert.TryToHexStringLower(hash[..8], letters[^16..], out _);
            letters[^17] = '_';
            for (var i = 0; i < letters.Length - 17; i++)
            {
                letters[i] = char.IsAsciiLetterOrDigit((char)name[i]) || name[i] == '-' ? (char)name[i] : '_';
            }
        });
        _aliases[alias] = inside.ToArray();
        return alias;
    }
}
