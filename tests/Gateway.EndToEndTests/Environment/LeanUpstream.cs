using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Gateway.EndToEndTests;

/// <summary>An engine that answers every request with the same bytes and makes no objects while it does, so that what is counted is the gateway's.</summary>
internal sealed class LeanUpstream : IDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly byte[] _answer;
    private readonly byte[] _models = Answer("""{"object":"list","data":[{"id":"model-1","object":"model"}]}""");

    public LeanUpstream(string json)
    {
        _answer = Answer(json);
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
        Run(Accept);
    }

    public Uri Url => new($"http://{_listener.LocalEndPoint}");

    public void Dispose() => _listener.Dispose();

    private static byte[] Answer(string json) =>
        Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {json.Length}\r\n\r\n{json}");

    private static void Run(Action work) => new Thread(() => work()) { IsBackground = true }.Start();

    private void Accept()
    {
        try
        {
            while (true)
            {
                var connection = _listener.Accept();
                Run(() => Serve(connection));
            }
        }
        catch (SocketException)
        {
            // The test is over.
        }
    }

    private void Serve(Socket connection)
    {
        using var own = connection;
        var buffer = new byte[64 * 1024];
        var length = 0;
        try
        {
            for (int read; (read = connection.Receive(buffer.AsSpan(length))) > 0;)
            {
                length += read;
                if (LengthOf(buffer.AsSpan(0, length)) is { } whole && whole <= length)
                {
                    connection.Send(buffer.AsSpan(0, 16).StartsWith("GET /v1/models"u8) ? _models : _answer);
                    length = 0;
                }
            }
        }
        catch (SocketException)
        {
            // The other side left.
        }
    }

    // Of the head and the body behind it; null while the head is not here whole.
    private static int? LengthOf(ReadOnlySpan<byte> bytes)
    {
        var head = bytes.IndexOf("\r\n\r\n"u8);
        if (head < 0)
        {
            return null;
        }

        var name = bytes[..head].IndexOf("Content-Length: "u8);
        var body = 0;
        for (var i = name + 16; name >= 0 && bytes[i] is >= (byte)'0' and <= (byte)'9'; i++)
        {
            body = (body * 10) + bytes[i] - '0';
        }

        return head + 4 + body;
    }
}
