using System.Buffers.Text;

namespace Gateway.Proxy.Translation;

/// <summary>
/// How far a JSON value is that comes in pieces, each a text that is escaped once more. It counts brackets alone: what is inside is the
/// caller's to read.
/// </summary>
internal struct MessagesJsonProgress
{
    private int _depth;
    private bool _inText;
    private bool _escaped;

    /// <summary>An object or a list is closed again.</summary>
    public bool IsWhole { get; private set; }

    /// <summary>Takes the next piece.</summary>
    /// <param name="inside">Between the quotes of the text that it came in.</param>
    public void Take(ReadOnlySpan<byte> inside)
    {
        while (!inside.IsEmpty)
        {
            if (_inText && !_escaped)
            {
                // A quote or a backslash of the inner value is always escaped in the outer one.
                var next = inside.IndexOf((byte)'\\');
                if (next < 0)
                {
                    return;
                }

                inside = inside[next..];
            }

            Step(Next(ref inside));
        }
    }

    private void Step(byte letter)
    {
        if (_escaped)
        {
            _escaped = false;
        }
        else if (_inText)
        {
            _escaped = letter == '\\';
            _inText = letter != '"';
        }
        else if (letter == '"')
        {
            _inText = true;
        }
        else if (letter is (byte)'{' or (byte)'[')
        {
            _depth++;
        }
        else if (letter is (byte)'}' or (byte)']')
        {
            _depth--;
            IsWhole |= _depth == 0;
        }
    }

    // The letter that stands there once the outer escapes are gone; those that mean nothing here are spaces.
    private static byte Next(ref ReadOnlySpan<byte> inside)
    {
        var letter = inside[0];
        if (letter != '\\' || inside.Length < 2)
        {
            inside = inside[1..];
            return letter;
        }

        var escape = inside[1];
        if (escape == 'u' && inside.Length >= 6)
        {
            var code = Utf8Parser.TryParse(inside[2..6], out ushort number, out var read, 'x') && read == 4 ? number : ' ';
            inside = inside[6..];
            return code < 128 ? (byte)code : (byte)' ';
        }

        inside = inside[2..];
        return escape is (byte)'"' or (byte)'\\' ? escape : (byte)' ';
    }
}
