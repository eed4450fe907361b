using System.Net;
using System.Net.Sockets;

namespace Gateway.Testing;

/// <summary>Ports for programs that have to be told theirs.</summary>
internal static class FreePort
{
    /// <summary>Below the ports that the kernel gives to connections and to listeners that do not care, and taken in turn.</summary>
    private const int First = 20_000;
    private const int Last = 30_000;

    private static int _last = Random.Shared.Next(First, Last);

    /// <returns>A port on which nobody listened just now, and which this process was not given before.</returns>
    public static int Next()
    {
        while (true)
        {
            var port = First + (Interlocked.Increment(ref _last) % (Last - First));
            try
            {
                using var listener = new TcpListener(IPAddress.Loopback, port);
                listener.Start();
                return port;
            }
            catch (SocketException)
            {
                // Somebody has it: the next one.
            }
        }
    }
}
