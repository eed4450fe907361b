using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Gateway.Proxy.Backends;

namespace Gateway.Management.Docker;

/// <summary>
/// Calls one Docker Engine by its REST API, in the newest version that both sides know. Every failure is a
/// <see cref="DockerException"/>; giving up by the caller's token is the usual cancellation.
/// </summary>
internal sealed class DockerClient(DockerAddress address, TimeProvider clock) : IDisposable
{
    private const int MaxBody = 16 * 1024 * 1024;
    private const int MaxErrorBody = 64 * 1024;
    private const string LoginHeader = "X-Registry-Auth";
    private static readonly TimeSpan Usual = TimeSpan.FromSeconds(30);
    private readonly HttpMessageInvoker _http = new(DockerHandler.Create(address));
    private volatile string? _version;

    public DockerAddress Address { get; } = address;

    public TimeProvider Clock { get; } = clock;

    public async Task<T> GetAsync<T>(string path, JsonTypeInfo<T> type, CancellationToken cancellationToken, TimeSpan? limit = null, string? login = null)
    {
        using var answer = await CallAsync(new(HttpMethod.Get, path, Login: login), limit ?? Usual, cancellationToken);
        return await ReadAsync(answer, type, limit ?? Usual, cancellationToken);
    }

    /// <summary>As <see cref="GetAsync"/>, but what is not there is null.</summary>
    public async Task<T?> FindAsync<T>(string path, JsonTypeInfo<T> type, CancellationToken cancellationToken)
        where T : class
    {
        try
        {
            return await GetAsync(path, type, cancellationToken);
        }
        catch (DockerException e) when (e.Fault == DockerFault.NotFound)
        {
            return null;
        }
    }

    public async Task<T> PostAsync<TBody, T>(string path, TBody body, JsonTypeInfo<TBody> bodyType, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        using var answer = await CallAsync(new(HttpMethod.Post, path, JsonSerializer.SerializeToUtf8Bytes(body, bodyType)), Usual, cancellationToken);
        return await ReadAsync(answer, type, Usual, cancellationToken);
    }

    public async Task PostAsync<TBody>(string path, TBody body, JsonTypeInfo<TBody> type, CancellationToken cancellationToken)
    {
        using var answer = await CallAsync(new(HttpMethod.Post, path, JsonSerializer.SerializeToUtf8Bytes(body, type)), Usual, cancellationToken);
    }

    public async Task PostAsync(string path, CancellationToken cancellationToken, TimeSpan? limit = null)
    {
        using var answer = await CallAsync(new(HttpMethod.Post, path), limit ?? Usual, cancellationToken);
    }

    public async Task DeleteAsync(string path, CancellationToken cancellationToken)
    {
        using var answer = await CallAsync(new(HttpMethod.Delete, path), Usual * 2, cancellationToken);
    }

    /// <summary>An answer that comes bit by bit; whoever asked disposes of it. Its end is not waited for.</summary>
    public Task<HttpResponseMessage> OpenAsync(HttpMethod method, string path, TimeSpan limit, CancellationToken cancellationToken, string? login = null) =>
        CallAsync(new(method, path, Login: login), limit, cancellationToken);

    /// <summary>Asks which versions the Docker Engine speaks, and picks one.</summary>
    /// <exception cref="DockerException">It is away, or speaks none that we do.</exception>
    public async Task<string> NegotiateAsync(CancellationToken cancellationToken)
    {
        if (_version is { } known)
        {
            return known;
        }

        using var answer = await SendAsync(new(HttpMethod.Get, "/version"), TimeSpan.FromSeconds(10), cancellationToken);
        var theirs = await ReadAsync(answer, DockerJson.Default.VersionAnswer, Usual, cancellationToken);
        return _version = ApiVersion.Choose(theirs.ApiVersion, theirs.MinAPIVersion)
            ?? throw new DockerException(DockerFault.Refused, $"The Docker Engine at {Address.Socket ?? Address.Base.Authority} speaks API {theirs.MinAPIVersion} to {theirs.ApiVersion}; {ApiVersion.Oldest} or newer is needed. Update Docker there.");
    }

    public void Dispose() => _http.Dispose();

    private async Task<HttpResponseMessage> CallAsync(Call call, TimeSpan limit, CancellationToken cancellationToken)
    {
        var version = await NegotiateAsync(cancellationToken);
        try
        {
            return await SendAsync(call with { Path = $"/v{version}{call.Path}" }, limit, cancellationToken);
        }
        catch (DockerException e) when (e.Fault is DockerFault.Away)
        {
            // It may come back as another version.
            _version = null;
            throw;
        }
    }

    private async Task<HttpResponseMessage> SendAsync(Call call, TimeSpan limit, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(limit, Clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        using var request = new HttpRequestMessage(call.Method, new Uri(Address.Base, call.Path));
        if (call.Body is { } body)
        {
            request.Content = new ByteArrayContent(body) { Headers = { ContentType = new("application/json") } };
        }

        if (call.Login is { } login)
        {
            request.Headers.Add(LoginHeader, login);
        }

        try
        {
            var answer = await _http.SendAsync(request, either.Token);
            // 304: it is as it was asked to be already.
            if (answer.IsSuccessStatusCode || (int)answer.StatusCode == 304)
            {
                return answer;
            }

            using (answer)
            {
                throw DockerErrors.Of((int)answer.StatusCode, await BoundedBody.ReadAsync(answer.Content, MaxErrorBody, either.Token));
            }
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw DockerErrors.Late(Address, limit, e);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or SocketException)
        {
            throw DockerErrors.Of(Address, e);
        }
    }

    private async Task<T> ReadAsync<T>(HttpResponseMessage answer, JsonTypeInfo<T> type, TimeSpan limit, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(limit, Clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            var body = await BoundedBody.ReadAsync(answer.Content, MaxBody, either.Token);
            return JsonSerializer.Deserialize(body, type) ?? throw new JsonException("It is null.");
        }
        catch (JsonException e)
        {
            throw new DockerException(DockerFault.Refused, $"The answer of {Address.Socket ?? Address.Base.Authority} is none of a Docker Engine's: {e.Message}", e);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw DockerErrors.Late(Address, limit, e);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw DockerErrors.Of(Address, e);
        }
    }

    private readonly record struct Call(HttpMethod Method, string Path, byte[]? Body = null, string? Login = null);
}
