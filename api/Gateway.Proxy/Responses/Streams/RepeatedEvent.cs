using System.Buffers;
using System.Text.Json;

namespace Gateway.Proxy.Responses;

/// <summary>
/// An event whose like will come again: engines repeat all of a chunk but the text in it. One that differs from the last one in
/// nothing but that text, and whose text is a sound JSON string, needs no reading: it can be nothing else than the last one was.
/// </summary>
internal sealed class RepeatedEvent
{
    /// <summary>A longer one is rare (many log probabilities, a whole answer), and would be a burden on a stream that says nothing more.</summary>
    private const int Longest = 1024;
    private const int Spare = 32;

    private static readonly SearchValues<byte> Ending = SearchValues.Create([(byte)'"', (byte)'\\', .. Enumerable.Range(0, 0x20).Select(control => (byte)control)]);

    private byte[] _bytes = [];
    private Splice[] _splices = [];
    private int _length;
    private int _start;
    private int _end;
    private bool _mirrored;

    /// <summary>Says whether this event is the last one again, with another text, and which changes it needs then.</summary>
    public bool Fits(ReadOnlySpan<byte> json, List<Splice> splices)
    {
        var grown = json.Length - _length;
        if (_length == 0
            || _end + grown <= _start
            || !json.StartsWith(_bytes.AsSpan(0, _start))
            || !json[(_end + grown)..].SequenceEqual(_bytes.AsSpan(_end, _length - _end))
            || !IsText(json[_start..(_end + grown)]))
        {
            return false;
        }

        foreach (var splice in _splices)
        {
            var there = splice.Start < _end ? splice : splice with { Start = splice.Start + grown };
            splices.Add(_mirrored && splice.Start == _end + 1 ? there with { Bytes = Mirror(splice.Bytes, json[_start..(_end + grown)]) } : there);
        }

        return true;
    }

    /// <summary>Keeps a sound event that has been read.</summary>
    /// <param name="json">The event.</param>
    /// <param name="text">Where the one text lies that changes, without its quotes.</param>
    /// <param name="mirrored">The change right behind that text ends with the text and a quote.</param>
    /// <param name="splices">The changes it needs.</param>
    public void Keep(ReadOnlySpan<byte> json, Range text, bool mirrored, List<Splice> splices)
    {
        Forget();
        // A name that occurs twice puts the change behind another text.
        if (json.Length > Longest || (mirrored && !splices.Exists(splice => splice.Start == text.End.Value + 1)))
        {
            return;
        }

        if (_bytes.Length < json.Length)
        {
            _bytes = new byte[json.Length + Spare];
        }

        json.CopyTo(_bytes);
        (_start, _end) = (text.Start.Value, text.End.Value);
        (_length, _mirrored, _splices) = (json.Length, mirrored, [.. splices]);
    }

    /// <summary>The last event has no like.</summary>
    public void Forget() => _length = 0;

    /// <summary>Where the string that the reader stands on lies in its text, without its quotes.</summary>
    public static Range InsideOf(ref Utf8JsonReader reader)
    {
        var start = (int)reader.TokenStartIndex + 1;
        return start..(start + reader.ValueSpan.Length);
    }

    private byte[] Mirror(ReadOnlySpan<byte> before, ReadOnlySpan<byte> text) =>
        [.. before[..^(_end - _start + 1)], .. text, (byte)'"'];

    // A JSON string from quote to quote, by the grammar; what its bytes mean as UTF-8 is not looked at, here or where JSON is read.
    private static bool IsText(ReadOnlySpan<byte> text)
    {
        while (true)
        {
            var at = text.IndexOfAny(Ending);
            if (at < 0)
            {
                return true;
            }

            // Backslash and letter; those with a number, and everything that is wrong, are left to the reader of JSON.
            if (text[at] != '\\' || at + 1 == text.Length || !"\"\\/bfnrt"u8.Contains(text[at + 1]))
            {
                return false;
            }

            text = text[(at + 2)..];
        }
    }
}
