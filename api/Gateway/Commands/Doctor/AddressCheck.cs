using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Gateway.Core.Configuration;

namespace Gateway.Commands.Doctor;

/// <summary>The port that the gateway listens on, or would.</summary>
internal static class AddressCheck
{
    private const string Subject = "address";

    public static async Task<Finding> LookAsync(GatewaySettings settings)
    {
        var where = string.Create(CultureInfo.InvariantCulture, $"{settings.Host}:{settings.Port}");
        if (settings.Port == 0)
        {
            return Finding.Ok(Subject, "A free port is chosen at the start.");
        }

        if (IsFree(settings.Host, settings.Port))
        {
            return Finding.Ok(Subject, $"{where} is free; no gateway runs there.");
        }

        var variables = new Dictionary<string, string> { ["GATEWAY_HOST"] = settings.Host, ["GATEWAY_PORT"] = settings.Port.ToString(CultureInfo.InvariantCulture) };
        using var answer = new StringWriter();
        var runs = await HealthCommand.RunAsync([], variables, answer, TextWriter.Null) == HealthCommand.Well && answer.ToString().Contains("\"status\":\"ok\"", StringComparison.Ordinal);
        return runs
            ? Finding.Ok(Subject, $"A gateway runs at {where}.")
            : Finding.Fail(Subject, $"{where} is in use by another program, or is not an address of this host.", "Stop that program (ss -ltnp shows which), or set another GATEWAY_PORT or GATEWAY_HOST.");
    }

    private static bool IsFree(string host, int port)
    {
        var address = host switch { "*" => IPAddress.Any, "localhost" => IPAddress.Loopback, _ => IPAddress.Parse(host) };
        try
        {
            using var listener = new TcpListener(address, port) { ExclusiveAddressUse = true };
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
