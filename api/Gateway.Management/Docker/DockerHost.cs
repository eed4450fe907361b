using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Docker.DotNet;
using Docker.DotNet.Handler.Abstractions;
using Docker.DotNet.Models;

namespace Gateway.Management.Docker;

/// <summary>One machine's Docker Engine, called through Docker.DotNet. Every failure is a <see cref="DockerException"/>.</summary>
/// <param name="address">Where it is.</param>
/// <param name="logins">For the registries that want one.</param>
/// <param name="clock">Measures.</param>
internal sealed class DockerHost(DockerAddress address, RegistryLogins logins, TimeProvider clock) : IDisposable
{
    private const string LoginHeader = "X-Registry-Auth";
    private static readonly TimeSpan Silence = TimeSpan.FromMinutes(3);

    private readonly Transport _transport = new(new DockerGuard(address, clock), address);

    public DockerAddress Address { get; } = address;

    private DockerClient Client => _transport.Client;

    public Task<SystemInfoResponse> InfoAsync(CancellationToken cancellationToken) =>
        AskAsync(Client.System.GetSystemInfoAsync(cancellationToken));

    /// <param name="image">Name or id.</param>
    /// <param name="cancellationToken">Gives it up.</param>
    /// <returns>Null where it is not on this machine.</returns>
    public Task<ImageInspectResponse?> FindImageAsync(string image, CancellationToken cancellationToken) =>
        FindAsync(Client.Images.InspectImageAsync(image, cancellationToken));

    /// <summary>Takes a name away from an image, and removes the image with its last name.</summary>
    /// <exception cref="DockerException">A container is made from it.</exception>
    public Task RemoveImageAsync(string image, CancellationToken cancellationToken) =>
        AskAsync(Client.Images.DeleteImageAsync(image, new(), cancellationToken));

    /// <summary>Every container with this label, running or not.</summary>
    public Task<IList<ContainerListResponse>> ListContainersAsync(string label, CancellationToken cancellationToken) =>
        AskAsync(Client.Containers.ListContainersAsync(new() { All = true, Filters = Filter(label) }, cancellationToken));

    /// <param name="container">Id or name.</param>
    /// <param name="cancellationToken">Gives it up.</param>
    /// <returns>Null where there is none.</returns>
    public Task<ContainerInspectResponse?> FindContainerAsync(string container, CancellationToken cancellationToken) =>
        FindAsync(Client.Containers.InspectContainerAsync(Uri.EscapeDataString(container), cancellationToken));

    /// <returns>The id.</returns>
    public async Task<string> CreateContainerAsync(CreateContainerParameters create, CancellationToken cancellationToken) =>
        (await AskAsync(Client.Containers.CreateContainerAsync(create, cancellationToken))).ID;

    public Task StartContainerAsync(string container, CancellationToken cancellationToken) =>
        AskAsync(Client.Containers.StartContainerAsync(container, null, cancellationToken));

    /// <summary>Asks it to stop, and ends it when it has not after this many seconds.</summary>
    public Task StopContainerAsync(string container, uint seconds, CancellationToken cancellationToken) =>
        AskAsync(Client.Containers.StopContainerAsync(container, new() { WaitBeforeKillSeconds = seconds }, cancellationToken));

    /// <summary>Removes it and its anonymous volumes, whether it runs or not.</summary>
    public async Task RemoveContainerAsync(string container, CancellationToken cancellationToken) =>
        await Client.Containers.RemoveContainerAsync(container, new() { Force = true, RemoveVolumes = true }, cancellationToken);

    public Task SetRestartAsync(string container, RestartPolicyKind policy, CancellationToken cancellationToken) =>
        AskAsync(Client.Containers.UpdateContainerAsync(container, new() { RestartPolicy = new() { Name = policy } }, cancellationToken));

    public Task<IList<NetworkResponse>> ListNetworksAsync(string label, CancellationToken cancellationToken) =>
        AskAsync(Client.Networks.ListNetworksAsync(new() { Filters = Filter(label) }, cancellationToken));

    public Task<NetworkResponse?> FindNetworkAsync(string network, CancellationToken cancellationToken) =>
        FindAsync(Client.Networks.InspectNetworkAsync(Uri.EscapeDataString(network), cancellationToken));

    public Task CreateNetworkAsync(NetworksCreateParameters create, CancellationToken cancellationToken) =>
        AskAsync(Client.Networks.CreateNetworkAsync(create, cancellationToken));

    public async Task ConnectNetworkAsync(string network, string container, CancellationToken cancellationToken) =>
        await Client.Networks.ConnectNetworkAsync(Uri.EscapeDataString(network), new() { Container = container }, cancellationToken);

    /// <summary>Asks the registry for the digest that a name stands for now.</summary>
    public async Task<string> DigestAsync(ImageReference image, CancellationToken cancellationToken)
    {
        var login = logins.Header(image);
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(Address.Base, $"/distribution/{image}/json"));
        if (login is not null)
        {
            request.Headers.Add(LoginHeader, login);
        }

        try
        {
            // The library sends no login with this call.
            using var answer = await _transport.Calls.SendAsync(request, cancellationToken);
            var body = await answer.Content.ReadAsByteArrayAsync(cancellationToken);
            return JsonSerializer.Deserialize(body, DockerJson.Default.DistributionAnswer)?.Descriptor?.Digest
                ?? throw new DockerException(DockerFault.Refused, $"The registry of {image} tells no digest.");
        }
        catch (JsonException e)
        {
            throw DockerErrors.OfAnswer(Address, e);
        }
        catch (DockerException e)
        {
            throw DockerErrors.OfImage(image, e.Message, login is not null, e);
        }
    }

    /// <summary>Pulls an image. Returns when it is whole.</summary>
    /// <param name="image">Which.</param>
    /// <param name="progress">Told bytes pulled, and bytes to pull as far as they are known.</param>
    /// <param name="cancellationToken">Gives it up; layers that are whole stay.</param>
    public async Task PullAsync(ImageReference image, Action<long, long> progress, CancellationToken cancellationToken)
    {
        var login = logins.Header(image);
        using var silence = new CancellationTokenSource((DockerGuard.Registry * 2) + Silence, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(silence.Token, cancellationToken);
        var pull = new PullProgress(progress, () => silence.CancelAfter(Silence));
        var headers = new Dictionary<string, string>();
        if (login is not null)
        {
            headers[LoginHeader] = login;
        }

        try
        {
            var wanted = new ImagesCreateParameters { FromImage = image.Repository, Tag = image.TagOrDigest };
            await Client.Images.CreateImageAsync(wanted, null, headers, pull, either.Token);
        }
        catch (DockerException e) when (e.Fault is DockerFault.Refused or DockerFault.NotFound or DockerFault.Conflict)
        {
            throw DockerErrors.OfImage(image, e.Message, login is not null, e);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            var seconds = FormattableString.Invariant($"{Silence.TotalSeconds:0}");
            throw new DockerException(DockerFault.Broken, $"The Docker Engine said nothing for {seconds} s.", e);
        }
        catch (Exception e) when (e is IOException or HttpRequestException or JsonException)
        {
            throw new DockerException(DockerFault.Broken, $"The Docker Engine broke off: {e.Message}", e);
        }

        if (pull.Failure is { } failure)
        {
            throw DockerErrors.OfImage(image, failure, login is not null);
        }

        if (await FindImageAsync(image.Digest is { } digest ? $"{image.Repository}@{digest}" : image.ToString(), cancellationToken) is null)
        {
            throw new DockerException(DockerFault.Broken, $"The pull of {image} ended, but the image is not there. Try again.");
        }
    }

    /// <summary>The last lines of a container's log, and those that come while it is followed.</summary>
    public async IAsyncEnumerable<string> LogsAsync(
        string container, int tail, bool follow, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var last = tail.ToString(CultureInfo.InvariantCulture);
        var wanted = new ContainerLogsParameters { ShowStdout = true, ShowStderr = true, Follow = follow, Tail = last };
        using var log = await AskAsync(Client.Containers.GetContainerLogsAsync(container, wanted, cancellationToken));
        await foreach (var line in LogLines.ReadAsync(log, cancellationToken))
        {
            yield return line;
        }
    }

    public void Dispose()
    {
        Client.Dispose();
        _transport.Calls.Dispose();
    }

    private async Task<T> AskAsync<T>(Task<T> call)
    {
        try
        {
            return await call ?? throw new JsonException("It is null.");
        }
        catch (Exception e) when (e is JsonException or NotImplementedException)
        {
            // The second is what the library makes of a date that is neither text nor a number.
            throw DockerErrors.OfAnswer(Address, e);
        }
    }

    private async Task<T?> FindAsync<T>(Task<T> call)
        where T : class
    {
        try
        {
            return await AskAsync(call);
        }
        catch (DockerException e) when (e.Fault == DockerFault.NotFound)
        {
            return null;
        }
    }

    private static Dictionary<string, IDictionary<string, bool>> Filter(string label) =>
        new() { ["label"] = new Dictionary<string, bool> { [label] = true } };

    /// <summary>Gives the library our transport. Its own ones bound nothing and do not check a certificate's host.</summary>
    private sealed class Transport : IDockerHandlerFactory<DockerAddress>
    {
        private readonly HttpMessageHandler _handler;

        public Transport(HttpMessageHandler handler, DockerAddress address)
        {
            (_handler, Calls) = (handler, new HttpMessageInvoker(handler));
            Client = new DockerClientBuilder()
                .WithEndpoint(address.Base)
                .WithTimeout(Timeout.InfiniteTimeSpan)
                .WithTransportOptions(this, address)
                .Build();
        }

        public DockerClient Client { get; }

        public HttpMessageInvoker Calls { get; }

        public ResolvedTransport CreateHandler(ResolvedClientOptions clientOptions, ILogger logger) =>
            new(_handler, clientOptions.Endpoint);

        public ResolvedTransport CreateHandler(DockerAddress transportOptions, ResolvedClientOptions clientOptions, ILogger logger) =>
            CreateHandler(clientOptions, logger);

        public Task<WriteClosableStream> HijackStreamAsync(HttpContent content) => throw new NotSupportedException();
    }
}
