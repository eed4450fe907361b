using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Primitives;

namespace Gateway.Fakes;

/// <summary>One connection of a <see cref="RawEngine"/>: requests are read by hand, answers are bytes.</summary>
internal sealed class RawConnection(Socket socket)
{
    private readonly byte[] _buffer = new byte[64 * 1024];
    private int _start;
    private int _end;

    /// <summary>The next request with its whole body, or null when the caller has left.</summary>
    public async Task<ReceivedRequest?> ReadAsync(Func<string, string, bool> isProbe, CancellationToken cancellationToken)
    {
        var line = await ReadLineAsync(cancellationToken);
        if (line?.Split(' ') is not [var method, var target, _])
        {
            return null;
        }

        var headers = new Dictionary<string, StringValues>(StringComparer.OrdinalIgnoreCase);
        while (await ReadLineAsync(cancellationToken) is { Length: > 0 } header)
        {
            var colon = header.IndexOf(':', StringComparison.Ordinal);
            headers[header[..colon]] = StringValues.Concat(headers.GetValueOrDefault(header[..colon]), header[(colon + 1)..].Trim());
        }

        return new ReceivedRequest(method, target, headers, isProbe(method, target.Split('?', 2)[0]))
        {
            Body = await ReadBodyAsync(headers, cancellationToken),
        };
    }

    public async Task WriteAsync(byte[] bytes, CancellationToken cancellationToken)
    {
        for (var sent = 0; sent < bytes.Length;)
        {
            sent += await socket.SendAsync(bytes.AsMemory(sent), cancellationToken);
        }
    }

    /// <summary>Completes when the caller has closed its side.</summary>
    public async Task WaitForCloseAsync(CancellationToken cancellationToken)
    {
        while (await socket.ReceiveAsync(_buffer.AsMemory(), cancellationToken) > 0)
        {
            _start = _end = 0;
        }
    }

    private async Task<byte[]> ReadBodyAsync(Dictionary<string, StringValues> headers, CancellationToken cancellationToken)
    {
        using var body = new MemoryStream();
        if (headers.TryGetValue("Content-Length", out var length))
        {
            await CopyAsync(body, long.Parse(length.ToString(), CultureInfo.InvariantCulture), cancellationToken);
        }
        else if (headers.TryGetValue("Transfer-Encoding", out var coding) && coding.ToString() == "chunked")
        {
            while (await ReadLineAsync(cancellationToken) is { } size)
            {
                var count = long.Parse(size.Split(';')[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
                await CopyAsync(body, count, cancellationToken);
                await ReadLineAsync(cancellationToken);
                if (count == 0)
                {
                    break;
                }
            }
        }

        return body.ToArray();
    }

    private async Task CopyAsync(MemoryStream body, long count, CancellationToken cancellationToken)
    {
        while (count > 0)
        {
            if (_start == _end && !await FillAsync(cancellationToken))
            {
                throw new EndOfStreamException();
            }

            var piece = (int)Math.Min(count, _end - _start);
            body.Write(_buffer, _start, piece);
            _start += piece;
            count -= piece;
        }
    }

    private async Task<string?> ReadLineAsync(CancellationToken cancellationToken)
    {
        var line = new StringBuilder();
        while (true)
        {
            if (_start == _end && !await FillAsync(cancellationToken))
            {
                return null;
            }

            var character = (char)_buffer[_start++];
            if (character == '\n')
            {
                return line.ToString().TrimEnd('\r');
            }

            line.Append(character);
        }
    }

    private async Task<bool> FillAsync(CancellationToken cancellationToken)
    {
        _start = 0;
        _end = await socket.ReceiveAsync(_buffer.AsMemory(), cancellationToken);
        return _end > 0;
    }
}
