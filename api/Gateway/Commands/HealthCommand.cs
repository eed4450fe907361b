using System.Net;
using System.Net.Sockets;
using Gateway.Core.Configuration;
using Gateway.Proxy.Backends;

namespace Gateway.Commands;

/// <summary>
/// <c>gateway health [--ready]</c>: asks the gateway on this host whether it lives, or whether an engine behind it can take a
/// request. It is the container's health check, where there is no curl.
/// </summary>
internal static class HealthCommand
{
    public const int Well = 0;
    public const int Unwell = 1;
    public const int WrongUsage = 64;

    private const int MaxAnswer = 64 * 1024;
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(4);

    /// <param name="args">What follows the command's name.</param>
    /// <param name="variables">Where the gateway listens: its own settings.</param>
    /// <param name="output">Gets the gateway's answer.</param>
    /// <param name="errors">Gets the reason why there is none.</param>
    public static async Task<int> RunAsync(string[] args, IReadOnlyDictionary<string, string> variables, TextWriter output, TextWriter errors)
    {
        if (args is not ([] or ["--ready"]))
        {
            await errors.WriteLineAsync("usage: gateway health [--ready]");
            return WrongUsage;
        }

        var address = Address(variables, args.Length > 0 ? "/ready" : "/health");
        using var client = UpstreamClient.Create(Timeout, Timeout);
        using var deadline = new CancellationTokenSource(Timeout, TimeProvider.System);
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        try
        {
            using var response = await client.SendAsync(request, deadline.Token);
            var body = await BoundedBody.ReadAsync(response.Content, MaxAnswer, deadline.Token);
            await output.WriteLineAsync(System.Text.Encoding.UTF8.GetString(body));
            return response.StatusCode == HttpStatusCode.OK ? Well : Unwell;
        }
        catch (Exception e) when (e is HttpRequestException or IOException or SocketException or OperationCanceledException)
        {
            await errors.WriteLineAsync($"{address} does not answer: {e.Message}");
            return Unwell;
        }
    }

    /// <summary>Where the gateway with these settings listens, seen from its own host.</summary>
    public static Uri Address(IReadOnlyDictionary<string, string> variables, string path)
    {
        var host = Setting(variables, "GATEWAY_HOST");
        var any = host == "*" || (IPAddress.TryParse(host, out var address) && (address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any)));
        return new UriBuilder(Uri.UriSchemeHttp, any ? "127.0.0.1" : host, int.TryParse(Setting(variables, "GATEWAY_PORT"), out var port) ? port : 0, path).Uri;
    }

    private static string Setting(IReadOnlyDictionary<string, string> variables, string name) =>
        variables.TryGetValue(name, out var value) && value.Trim() is { Length: > 0 } text ? text : SettingCatalog.All.First(setting => setting.Name == name).Default;
}
