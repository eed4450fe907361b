using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Gateway.EndToEndTests;

/// <summary>An answer read by hand.</summary>
internal sealed record RawResponse(int Status, IReadOnlyDictionary<string, string> Headers, byte[] Body)
{
    public string Text => Encoding.UTF8.GetString(Body);
}

/// <summary>A client that sends whatever bytes it is given, for what a sound HTTP client refuses to send.</summary>
internal sealed class RawClient : IDisposable
{
    private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly NetworkStream _stream;
    private readonly CancellationTokenSource _deadline = new(Wait.Deadline);

    private RawClient(Uri url)
    {
        _socket.Connect(url.Host, url.Port);
        _stream = new NetworkStream(_socket);
    }

    public static Task<RawClient> ConnectAsync(Uri url) => Task.FromResult(new RawClient(url));

    /// <summary>The head of a request with the client's key.</summary>
    public static string Head(string method, string target, params string[] headers) =>
        string.Join("\r\n", [$"{method} {target} HTTP/1.1", "Host: gateway", $"Authorization: Bearer {RunningGateway.ClientKey}", .. headers, "", ""]);

    public Task SendAsync(string text) => SendAsync(Encoding.Latin1.GetBytes(text));

    public Task SendAsync(byte[] bytes) => _stream.WriteAsync(bytes, _deadline.Token).AsTask();

    /// <summary>Sends as long as it is taken; false once the other side has closed.</summary>
    public async Task<bool> TrySendAsync(byte[] bytes)
    {
        try
        {
            await SendAsync(bytes);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>Reads one answer with its whole body.</summary>
    public async Task<RawResponse> ReadAsync()
    {
        var status = (await ReadLineAsync()).Split(' ');
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        while (await ReadLineAsync() is { Length: > 0 } line)
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            headers[line[..colon]] = line[(colon + 1)..].Trim();
        }

        return new RawResponse(int.Parse(status[1], CultureInfo.InvariantCulture), headers, await ReadBodyAsync(headers));
    }

    /// <summary>The other side has closed, orderly or not, and nothing more came.</summary>
    public async Task<bool> IsClosedAsync()
    {
        try
        {
            return await _stream.ReadAsync(new byte[1], _deadline.Token) == 0;
        }
        catch (IOException)
        {
            return true;
        }
    }

    public void Dispose()
    {
        _stream.Dispose();
        _socket.Dispose();
        _deadline.Dispose();
    }

    private async Task<byte[]> ReadBodyAsync(Dictionary<string, string> headers)
    {
        if (headers.TryGetValue("Content-Length", out var length))
        {
            var body = new byte[int.Parse(length, CultureInfo.InvariantCulture)];
            await _stream.ReadExactlyAsync(body, _deadline.Token);
            return body;
        }

        using var chunks = new MemoryStream();
        while (headers.ContainsKey("Transfer-Encoding"))
        {
            var chunk = new byte[int.Parse(await ReadLineAsync(), NumberStyles.HexNumber, CultureInfo.InvariantCulture)];
            await _stream.ReadExactlyAsync(chunk, _deadline.Token);
            await ReadLineAsync();
            if (chunk.Length == 0)
            {
                break;
            }

            chunks.Write(chunk);
        }

        return chunks.ToArray();
    }

    private async Task<string> ReadLineAsync()
    {
        var line = new StringBuilder();
        var one = new byte[1];
        while (one[0] != '\n')
        {
            await _stream.ReadExactlyAsync(one, _deadline.Token);
            line.Append((char)one[0]);
        }

        return line.ToString().TrimEnd('\r', '\n');
    }
}
