using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Gateway.Proxy.Requests;

namespace Gateway.Proxy.Translation;

/// <summary>
/// The arguments of a call as they come in, in pieces: escaped JSON text. It is known at every moment whether they are whole.
/// </summary>
internal sealed class ResponsesArguments
{
    private readonly ArrayBufferWriter<byte> _escaped = new();
    private ReadOnlyMemory<byte>? _input;
    private int _depth;
    private bool _inText;
    private bool _afterBackslash;

    public ReadOnlySpan<byte> Escaped => _escaped.WrittenSpan;

    /// <summary>There is more than white space.</summary>
    public bool HasBegun { get; private set; }

    /// <summary>The object has ended.</summary>
    public bool IsWhole { get; private set; }

    public void Add(ReadOnlySpan<byte> escaped)
    {
        _escaped.Write(escaped);
        while (!escaped.IsEmpty)
        {
            Take(Next(ref escaped));
        }
    }

    /// <summary>
    /// The one text that a free-form tool gets, escaped, once nothing more comes. A model that wrote something else meant all of it.
    /// </summary>
    public ReadOnlyMemory<byte> Input => _input ??= FindInput();

    private ReadOnlyMemory<byte> FindInput()
    {
        try
        {
            var text = new Utf8JsonReader([.. "\""u8, .. Escaped, .. "\""u8]);
            text.Read();
            var json = new byte[text.ValueSpan.Length];
            var whole = json.AsMemory(0, text.CopyString(json));
            return JsonMembers.TryParse(whole, out var members, out _) && members.Find("input"u8) is { Kind: JsonTokenType.String } input
                ? whole[(input.ValueStart + 1)..(input.End - 1)]
                : _escaped.WrittenMemory;
        }
        catch (InvalidOperationException)
        {
            // Half a surrogate pair, which is no text.
            return _escaped.WrittenMemory;
        }
    }

    // One character, as a byte; those beyond ASCII matter to none of the rules.
    private static byte Next(ref ReadOnlySpan<byte> escaped)
    {
        if (escaped[0] != '\\' || escaped.Length < 2)
        {
            var plain = escaped[0];
            escaped = escaped[1..];
            return plain;
        }

        var letter = escaped[1];
        var length = letter == 'u' ? 6 : 2;
        var code = letter == 'u' ? Code(escaped[2..Math.Min(length, escaped.Length)]) : 0;
        escaped = escaped[Math.Min(length, escaped.Length)..];
        return letter switch
        {
            (byte)'n' or (byte)'r' or (byte)'t' => (byte)' ',
            (byte)'u' => code < 0x80 ? (byte)code : (byte)'x',
            _ => letter,
        };
    }

    private static int Code(ReadOnlySpan<byte> digits) =>
        int.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code) ? code : 0;

    private void Take(byte letter)
    {
        if (_inText)
        {
            _inText = _afterBackslash || letter != '"';
            _afterBackslash = !_afterBackslash && letter == '\\';
            return;
        }

        HasBegun |= letter > ' ';
        _inText = letter == '"';
        _depth += letter is (byte)'{' or (byte)'[' ? 1 : letter is (byte)'}' or (byte)']' ? -1 : 0;
        IsWhole |= letter == '}' && _depth <= 0;
    }
}
