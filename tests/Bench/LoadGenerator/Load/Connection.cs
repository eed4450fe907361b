using System.Buffers.Text;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Gateway.Bench.Load;

/// <summary>One keep-alive connection that sends ready-made bytes and reads answers just far enough to know where they end.</summary>
internal sealed class Connection : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] _buffer;
    private Answer _answer;

    public Connection(int bufferSize = 16 * 1024) => _buffer = new byte[bufferSize];

    public Task ConnectAsync(int port) => _socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port));

    /// <summary>Connects for <see cref="Ask"/>, so that the operating system alone wakes the thread that waits.</summary>
    public void Connect(int port) => _socket.Connect(new IPEndPoint(IPAddress.Loopback, port));

    /// <summary>Sends a request and reads its answer.</summary>
    /// <param name="request">The bytes of the request.</param>
    /// <param name="arrived">Called with the time and the number of events of each piece that has any; null when nobody asks.</param>
    /// <returns>The number of events.</returns>
    public async ValueTask<int> AskAsync(byte[] request, Action<long, int>? arrived = null)
    {
        await SendAsync(request);
        _answer = default;
        while (!_answer.IsWhole)
        {
            Take(await _socket.ReceiveAsync(_buffer), arrived);
        }

        return _answer.Events;
    }

    /// <summary>The same on the calling thread, so that no scheduling of this program is in the time.</summary>
    public int Ask(byte[] request, Action<long, int>? arrived = null)
    {
        for (var sent = 0; sent < request.Length;)
        {
            sent += _socket.Send(request.AsSpan(sent));
        }

        _answer = default;
        while (!_answer.IsWhole)
        {
            Take(_socket.Receive(_buffer), arrived);
        }

        return _answer.Events;
    }

    /// <summary>Sends a request and reads up to its first event.</summary>
    public async ValueTask BeginAsync(byte[] request)
    {
        await SendAsync(request);
        _answer = default;
        while (_answer.Events == 0)
        {
            Take(await _socket.ReceiveAsync(_buffer), null);
        }
    }

    public void Dispose() => _socket.Dispose();

    private async ValueTask SendAsync(byte[] request)
    {
        for (var sent = 0; sent < request.Length;)
        {
            sent += await _socket.SendAsync(request.AsMemory(sent));
        }
    }

    private void Take(int read, Action<long, int>? arrived)
    {
        if (read == 0)
        {
            throw new IOException("The connection was closed in the middle of an answer.");
        }

        var events = _answer.Take(_buffer.AsSpan(0, read));
        if (events > 0)
        {
            arrived?.Invoke(Stopwatch.GetTimestamp(), events);
        }
    }

    // Headers are taken to come in one piece, as they do on loopback.
    private struct Answer
    {
        private bool _headed;
        private bool _chunked;
        private long _left;
        private byte _last;
        private ulong _tail;

        public bool IsWhole { get; private set; }

        public int Events { get; private set; }

        public int Take(ReadOnlySpan<byte> bytes)
        {
            if (!_headed)
            {
                var end = bytes.IndexOf("\r\n\r\n"u8);
                if (end < 0 || !bytes.StartsWith("HTTP/1.1 200"u8))
                {
                    throw new IOException("Not a good answer: " + System.Text.Encoding.UTF8.GetString(bytes));
                }

                ReadHead(bytes[..(end + 2)]);
                bytes = bytes[(end + 4)..];
                _headed = true;
            }

            var events = CountEvents(bytes);
            Events += events;
            _left -= bytes.Length;
            IsWhole = _chunked ? EndsChunks(bytes) : _left <= 0;
            return events;
        }

        private void ReadHead(ReadOnlySpan<byte> head)
        {
            _chunked = true;
            foreach (var range in head.Split("\r\n"u8))
            {
                var line = head[range];
                if (line.Length > 15 && (line[0] | 0x20) == 'c' && System.Text.Ascii.EqualsIgnoreCase(line[..15], "content-length:"u8))
                {
                    _chunked = !Utf8Parser.TryParse(line[15..].Trim((byte)' '), out _left, out _);
                }
            }
        }

        private int CountEvents(ReadOnlySpan<byte> bytes)
        {
            if (bytes.IsEmpty)
            {
                return 0;
            }

            var events = bytes.Count("\n\n"u8) + (_last == '\n' && bytes[0] == '\n' ? 1 : 0);
            _last = bytes[^1];
            return events;
        }

        private bool EndsChunks(ReadOnlySpan<byte> bytes)
        {
            foreach (var value in bytes[Math.Max(0, bytes.Length - 5)..])
            {
                _tail = (_tail << 8) | value;
            }

            return (_tail & 0xFF_FFFF_FFFF) == 0x30_0D0A_0D0A;
        }
    }
}
