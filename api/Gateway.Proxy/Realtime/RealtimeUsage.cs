using System.Buffers;
using Gateway.Engines;
using Gateway.Engines.Endpoints;
using Gateway.Proxy.Requests;
using Gateway.Proxy.Responses;
using Gateway.Proxy.Telemetry;

namespace Gateway.Proxy.Realtime;

/// <summary>What an engine says of tokens in the messages of a session: each answer has its own numbers, which are summed.</summary>
internal sealed class RealtimeUsage
{
    /// <summary>Messages up to this size in bytes are read; longer ones are audio.</summary>
    private const int MaxMessage = 1024 * 1024;

    private static readonly ResponseDialect Dialect = new();

    private BodyBuffer? _pieces;
    private bool _tooLong;
    private TokenUsage _sum;

    public TokenUsage Sum => _sum;

    /// <summary>Takes the next piece of a text message.</summary>
    public void Add(ReadOnlySpan<byte> piece, bool last)
    {
        if (last && _pieces is null)
        {
            Read(piece);
            return;
        }

        _pieces ??= new BodyBuffer(piece.Length * 2);
        _tooLong |= _pieces.Length + piece.Length > MaxMessage;
        if (!_tooLong)
        {
            _pieces.Write(piece);
        }

        if (last)
        {
            Read(_tooLong ? [] : _pieces.Written.Span);
            _pieces.Dispose();
            (_pieces, _tooLong) = (null, false);
        }
    }

    private void Read(ReadOnlySpan<byte> message)
    {
        if (message.IndexOf("\"usage\""u8) < 0)
        {
            return;
        }

        var inspector = new TypedInspector(StreamShape.Responses, Dialect);
        inspector.Inspect(default, message);
        _sum.Known |= inspector.Usage.Known;
        _sum.Input += inspector.Usage.Input;
        _sum.Output += inspector.Usage.Output;
        _sum.Cached += inspector.Usage.Cached;
    }
}
