using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace Gateway.Hosting;

/// <summary>
/// What a socket wakes runs at once on the thread that was told, instead of being handed to another: forwarding is many short
/// steps, and each handing over costs more than the step. Work that takes long has to leave such a thread (<see cref="Gateway.Proxy.Requests.LargeBody"/>).
/// </summary>
internal static class InlineSockets
{
    // The runtime reads it once, before the first socket.
    private const string Variable = "DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS";

    private static bool Enabled => Environment.GetEnvironmentVariable(Variable) == "1";

    /// <summary>Turns it on for this process, unless the environment says otherwise. Before any socket is made.</summary>
    public static void Enable()
    {
        if (Environment.GetEnvironmentVariable(Variable) is null)
        {
            Environment.SetEnvironmentVariable(Variable, "1");
        }
    }

    /// <summary>The server goes the same way as the sockets.</summary>
    public static void Configure(IServiceCollection services) =>
        services.Configure<SocketTransportOptions>(static sockets => sockets.UnsafePreferInlineScheduling = Enabled);
}
