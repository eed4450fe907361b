using System.Buffers;
using Gateway.Core.Errors;

namespace Gateway.Proxy.Translation;

/// <summary>
/// One request on its way to a chat request: the bytes it is read from, those that are written, and what was left out or refused.
/// </summary>
internal sealed class MessagesDraft(ReadOnlyMemory<byte> body)
{
    /// <summary>They go into a header.</summary>
    private const int MostLeftOut = 16;

    private readonly List<string> _leftOut = [];

    public ReadOnlySpan<byte> Body => body.Span;

    // What is written is about as long as what is read: a second array of that size would be the largest cost of a large body.
    public ArrayBufferWriter<byte> Output { get; } = new(body.Length + Math.Min(body.Length / 4, 256 * 1024) + 1024);

    public MessagesToolNames Names { get; } = new();

    public IReadOnlyList<string> LeftOut => _leftOut;

    public GatewayError? Error { get; private set; }

    /// <summary>Notes what an engine of chat completions cannot be asked for.</summary>
    public void LeaveOut(string what)
    {
        if (_leftOut.Count < MostLeftOut && !_leftOut.Contains(what))
        {
            _leftOut.Add(what);
        }
    }

    /// <summary>Refuses the request.</summary>
    /// <param name="at">The member at fault.</param>
    /// <param name="what">What is wrong with it and what to do, without a subject.</param>
    public bool Refuse(string at, string what)
    {
        Error ??= GatewayError.InvalidRequest(at, $"`{at}` {what}");
        return false;
    }

    public void Write(ReadOnlySpan<byte> literal) => Output.Write(literal);

    /// <summary>Copies a part of the body.</summary>
    public void Copy(Range at) => Output.Write(Body[at]);

    /// <summary>A name of the caller's, short and with nothing in it that a header or a message could not bear.</summary>
    public string Shown(Range inside) => Shown(Body[inside]);

    /// <inheritdoc cref="Shown(Range)"/>
    public static string Shown(ReadOnlySpan<byte> name)
    {
        var shown = new char[Math.Min(name.Length, 64)];
        for (var i = 0; i < shown.Length; i++)
        {
            var letter = (char)name[i];
            shown[i] = char.IsAsciiLetterOrDigit(letter) || letter is '_' or '-' or '.' or ':' ? letter : '?';
        }

        return new string(shown);
    }
}
