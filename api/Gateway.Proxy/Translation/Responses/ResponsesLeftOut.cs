using System.Text;

namespace Gateway.Proxy.Translation;

/// <summary>Collects what a request had to do without, each thing once, in words that a header can have.</summary>
internal sealed class ResponsesLeftOut
{
    private const int Most = 32;
    private const int LongestName = 64;

    private readonly List<string> _names = [];

    public IReadOnlyList<string> Names => _names;

    public void Add(string name)
    {
        if (_names.Count < Most && !_names.Contains(name))
        {
            _names.Add(name);
        }
    }

    /// <summary>Adds a name that the caller wrote.</summary>
    public void Add(ReadOnlySpan<byte> name)
    {
        var plain = name.Length is > 0 and <= LongestName;
        foreach (var letter in name[..(plain ? name.Length : 0)])
        {
            plain &= char.IsAsciiLetterOrDigit((char)letter) || letter is (byte)'_' or (byte)'-' or (byte)'.';
        }

        Add(plain ? Encoding.ASCII.GetString(name) : "unknown");
    }
}
