using System.Net;
using System.Net.Sockets;

namespace Gateway.ManagementTests;

/// <summary>A wire between a Docker Engine and a registry that can be cut while something comes through.</summary>
internal sealed class Relay : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly IPEndPoint _target;
    private Task _accepting = Task.CompletedTask;
    private long _left = long.MaxValue;

    private Relay(IPEndPoint target) => _target = target;

    /// <summary>Host and port.</summary>
    public string Name => _listener.LocalEndpoint.ToString()!;

    /// <summary>It has been cut, and whoever comes is turned away.</summary>
    public bool IsCut => Interlocked.Read(ref _left) <= 0;

    public static Relay Start(string target)
    {
        var relay = new Relay(IPEndPoint.Parse(target));
        relay._listener.Start();
        relay._accepting = relay.AcceptAsync();
        return relay;
    }

    /// <summary>After so many more bytes from the registry it is cut, for good.</summary>
    public void CutAfter(long bytes) => Interlocked.Exchange(ref _left, bytes);

    public void Mend() => Interlocked.Exchange(ref _left, long.MaxValue);

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Stop();
        await _accepting;
        _end.Dispose();
    }

    private async Task AcceptAsync()
    {
        var pairs = new List<Task>();
        while (!_end.IsCancellationRequested)
        {
            try
            {
                pairs.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_end.Token)));
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                break;
            }
        }

        await Task.WhenAll(pairs);
    }

    private async Task ServeAsync(TcpClient near)
    {
        using var far = new TcpClient();
        using (near)
        {
            try
            {
                if (IsCut)
                {
                    return;
                }

                await far.ConnectAsync(_target, _end.Token);
                await Task.WhenAny(CopyAsync(near.GetStream(), far.GetStream(), counts: false), CopyAsync(far.GetStream(), near.GetStream(), counts: true));
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException or IOException)
            {
                // Either side is gone, and so is the other.
            }
        }
    }

    private async Task CopyAsync(NetworkStream from, NetworkStream to, bool counts)
    {
        var buffer = new byte[16 * 1024];
        try
        {
            int length;
            while ((length = await from.ReadAsync(buffer, _end.Token)) > 0)
            {
                if (counts && Interlocked.Add(ref _left, -length) <= 0)
                {
                    return;
                }

                await to.WriteAsync(buffer.AsMemory(0, length), _end.Token);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            // As at its end.
        }
    }
}
