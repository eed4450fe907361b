using Gateway.Engines;

namespace Gateway.Core.Configuration;

/// <summary>URLs that mean one thing inside a container and another outside: a <c>.env</c> for containers is often judged on the host.</summary>
public static class ContainerNames
{
    private const string Host = "host.docker.internal";

    /// <summary>Only containers know a host of this name: it is the host they run on, or the service of an engine in compose files.</summary>
    public static bool Has(Uri url) =>
        url.Host is Host or "gateway.docker.internal" or "host.containers.internal"
        || EngineCatalog.All.Any(profile => !profile.Demonstration && new Uri(profile.Deployment.BaseUrl).Host is var name && !name.Contains('.', StringComparison.Ordinal) && name == url.Host);

    /// <summary>What is to be said of such a URL where it is judged; null where it means what it says.</summary>
    public static string? Note(Uri url, bool inContainer)
    {
        if (inContainer)
        {
            return url.IsLoopback
                ? $"{url} is the gateway's own container. An engine on the host is at {new UriBuilder(url) { Host = Host }.Uri}, one in another container at that container's name."
                : null;
        }

        return Has(url) ? $"{url.Host} is a name that exists only in containers: this is for a gateway in a container (make up)." : null;
    }
}
