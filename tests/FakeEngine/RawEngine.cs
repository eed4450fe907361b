using System.Net;
using System.Net.Sockets;
using Gateway.Engines;

namespace Gateway.Fakes;

/// <summary>
/// An engine whose answers are bytes, for what a sound HTTP server cannot be made to send. Probes are answered from the
/// fixtures of its dialect, so that a gateway takes it for well.
/// </summary>
internal sealed class RawEngine : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Dialect _dialect;
    private readonly Task _accepting;
    private volatile bool _goingDown;

    private RawEngine(string dialect)
    {
        _dialect = Dialect.Load(dialect);
        _listener.Start();
        BaseUrl = new Uri($"http://{_listener.LocalEndpoint}");
        _accepting = AcceptAsync();
    }

    /// <summary>Without a path at the end.</summary>
    public Uri BaseUrl { get; }

    /// <summary>What every piece of work is answered with.</summary>
    public Func<ReceivedRequest, RawAnswer> Answer { get; set; } = static _ => new RawAnswer([]);

    /// <summary>What the model list is answered with; null: the fixtures' list.</summary>
    public RawAnswer? Models { get; set; }

    public ReceivedRequests Requests { get; } = new();

    public string Model => _dialect.Fixtures.Model ?? "model";

    public static RawEngine Start(string dialect) => new(dialect);

    /// <summary>Listens no longer and answers no probe, while what it has begun stays as it is: an engine that is being stopped and hangs.</summary>
    public void StopListening()
    {
        _goingDown = true;
        _listener.Stop();
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            _ = ServeAsync(await _listener.AcceptSocketAsync(_stop.Token));
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        using var owned = socket;
        socket.NoDelay = true;
        var connection = new RawConnection(socket);
        ReceivedRequest? request = null;
        try
        {
            while ((request = await connection.ReadAsync(_dialect.IsProbe, _stop.Token)) is not null)
            {
                Requests.Add(request);
                request.ReportBegun();
                var answer = request.IsProbe ? Probe(request.Path) : Answer(request);
                await connection.WriteAsync(answer.Bytes, _stop.Token);
                while (answer.Again is { } piece)
                {
                    await connection.WriteAsync(piece, _stop.Token);
                }

                request.ReportAnswered();
                if (answer.End != RawEnd.KeepAlive)
                {
                    await EndAsync(socket, connection, answer.End);
                    request.ReportAborted(TimeProvider.System.GetTimestamp());
                    return;
                }
            }
        }
        catch (Exception e) when (e is SocketException or IOException or OperationCanceledException or ObjectDisposedException)
        {
            request?.ReportAborted(TimeProvider.System.GetTimestamp());
        }
    }

    private async Task EndAsync(Socket socket, RawConnection connection, RawEnd end)
    {
        if (end == RawEnd.Reset)
        {
            socket.Close(0);
            return;
        }

        if (end == RawEnd.Close)
        {
            socket.Shutdown(SocketShutdown.Send);
        }

        await connection.WaitForCloseAsync(_stop.Token);
    }

    private RawAnswer Probe(string path)
    {
        if (_goingDown)
        {
            return new RawAnswer([]);
        }

        var fixtures = _dialect.Fixtures;
        if (path == _dialect.Profile.Models.Path)
        {
            return Models ?? RawAnswer.Sound(200, "application/json", fixtures.Get("models.json"));
        }

        return fixtures.Health.FirstOrDefault(one => path == _dialect.Profile.Health.Path && one.Is(EngineState.Ready)) is { } ready
            ? RawAnswer.Sound(ready.Status, ready.ContentType ?? "text/plain", ready.Bytes)
            : RawAnswer.Sound(404, "text/plain", []);
    }
}
