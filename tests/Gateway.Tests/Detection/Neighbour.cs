using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Gateway.Tests.Detection;

/// <summary>A program on a local port that may answer anything at all.</summary>
internal sealed class Neighbour : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Func<NetworkStream, CancellationToken, Task> _answer;
    private readonly Task _accepting;
    private int _asked;

    private Neighbour(Func<NetworkStream, CancellationToken, Task> answer)
    {
        _answer = answer;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>How many connections it has had.</summary>
    public int Asked => Volatile.Read(ref _asked);

    /// <summary>Sends these bytes once it has been asked, and closes.</summary>
    public static Neighbour Sending(byte[] bytes) => new((stream, cancellation) => stream.WriteAsync(bytes, cancellation).AsTask());

    /// <summary>Sends a beginning, and then the same piece again and again.</summary>
    public static Neighbour Endless(string beginning, string piece) => new(async (stream, cancellation) =>
    {
        await stream.WriteAsync(Encoding.ASCII.GetBytes(beginning), cancellation);
        while (true)
        {
            await stream.WriteAsync(Encoding.ASCII.GetBytes(piece), cancellation);
        }
    });

    /// <summary>Sends a beginning, and then nothing more.</summary>
    public static Neighbour Hanging(string beginning = "") => new(async (stream, cancellation) =>
    {
        await stream.WriteAsync(Encoding.ASCII.GetBytes(beginning), cancellation);
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellation);
    });

    public static Neighbour Engine(string body) => Sending(Answer(body));

    /// <summary>An engine that answers nothing the first time.</summary>
    public static Neighbour LateEngine(string body)
    {
        var asked = 0;
        return new(async (stream, cancellation) =>
        {
            if (Interlocked.Increment(ref asked) == 1)
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellation);
            }

            await stream.WriteAsync(Answer(body), cancellation);
        });
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _accepting;
        _listener.Dispose();
        _stop.Dispose();
    }

    private static byte[] Answer(string body) =>
        Encoding.UTF8.GetBytes($"HTTP/1.1 200 OK\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\n\r\n{body}");

    private async Task AcceptAsync()
    {
        var answers = new List<Task>();
        try
        {
            while (true)
            {
                var client = await _listener.AcceptTcpClientAsync(_stop.Token);
                answers.Add(AnswerAsync(client));
            }
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(answers);
        }
    }

    private async Task AnswerAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                var stream = client.GetStream();
                if (await stream.ReadAsync(new byte[4096], _stop.Token) > 0)
                {
                    Interlocked.Increment(ref _asked);
                    await _answer(stream, _stop.Token);
                }
            }
            catch (Exception e) when (e is IOException or OperationCanceledException)
            {
                // Whoever asked has gone, or the test is over.
            }
        }
    }
}
