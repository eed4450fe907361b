using System.Net;
using System.Net.Http.Json;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Gateway.Engines;
using Gateway.Engines.Endpoints;
using Gateway.Fakes;
using Xunit;

namespace Gateway.EndToEndTests;

/// <summary>Every cell of the matrix does what it says: a served endpoint reaches the engine once, a missing one not at all.</summary>
public sealed class CapabilityMatrixTests(EnginePool engines) : IClassFixture<EnginePool>
{
    public static TheoryData<string, string> Served => EngineRows.Cells((spec, support) => support.Served && !spec.WebSocket);

    public static TheoryData<string, string> ServedSockets => EngineRows.Cells((spec, support) => support.Served && spec.WebSocket);

    public static TheoryData<string, string> Missing => EngineRows.Missing;

    [Theory]
    [MemberData(nameof(Served))]
    public async Task Request_EndpointIsServed_ReachesTheEngineOnceUnderItsOwnPath(string engine, string endpoint)
    {
        var environment = await engines.ForAsync(engine);
        var spec = EndpointCatalog.Find(Enum.Parse<EndpointId>(endpoint));

        using var answer = await environment.Client.SendAsync(SampleRequest.To(spec, environment.Engine.Model));

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var received = Assert.Single(environment.Engine.Requests.Work);
        AssertPath(environment.Engine.Profile, spec, environment.Engine.Model, received);
        AssertCredentials(environment.Engine.Profile.Auth, received);
    }

    [Theory]
    [MemberData(nameof(ServedSockets))]
    public async Task WebSocket_EndpointIsServed_CarriesMessagesBothWays(string engine, string endpoint)
    {
        var environment = await engines.ForAsync(engine);
        var spec = EndpointCatalog.Find(Enum.Parse<EndpointId>(endpoint));
        using var deadline = new CancellationTokenSource(Wait.Deadline);
        using var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("Authorization", $"Bearer {RunningGateway.ClientKey}");
        var url = new UriBuilder(new Uri(environment.Gateway.Url, SampleRequest.Path(spec, environment.Engine.Model))) { Scheme = "ws" };

        await socket.ConnectAsync(url.Uri, deadline.Token);
        await socket.SendAsync("hello"u8.ToArray(), WebSocketMessageType.Text, endOfMessage: true, deadline.Token);
        var buffer = new byte[64];
        var echo = await socket.ReceiveAsync(buffer, deadline.Token);
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, deadline.Token);

        Assert.Equal("hello", Encoding.UTF8.GetString(buffer, 0, echo.Count));
        AssertCredentials(environment.Engine.Profile.Auth, Assert.Single(environment.Engine.Requests.Work));
    }

    [Theory]
    [MemberData(nameof(Missing))]
    public async Task Request_EndpointIsMissing_IsAnswered501AndSentNowhere(string engine, string endpoint)
    {
        var environment = await engines.ForAsync(engine);
        var profile = environment.Engine.Profile;
        var spec = EndpointCatalog.Find(Enum.Parse<EndpointId>(endpoint));
        var support = profile.Endpoints[spec.Id];

        using var answer = await environment.Client.SendAsync(SampleRequest.To(spec, environment.Engine.Model));

        Assert.Equal(HttpStatusCode.NotImplemented, answer.StatusCode);
        Assert.Equal("gateway", answer.Headers.GetValues("x-gateway-error-source").Single());
        Assert.Empty(environment.Engine.Requests.Work);
        var body = await answer.Content.ReadFromJsonAsync<JsonElement>();
        var error = body.GetProperty("error");
        var message = error.GetProperty("message").GetString()!;
        Assert.Contains(profile.DisplayName, message, StringComparison.Ordinal);
        Assert.Contains(support.Note!, message, StringComparison.Ordinal);
        Assert.Contains(support.Alternative!, message, StringComparison.Ordinal);
        if (spec.AnthropicErrors)
        {
            Assert.Equal("error", body.GetProperty("type").GetString());
            return;
        }

        AssertEnvelope(error, profile, spec);
    }

    private static void AssertEnvelope(JsonElement error, EngineProfile profile, EndpointSpec spec)
    {
        Assert.Equal("unsupported_endpoint", error.GetProperty("type").GetString());
        Assert.Equal("unsupported_endpoint", error.GetProperty("code").GetString());
        Assert.Equal(JsonValueKind.Null, error.GetProperty("param").ValueKind);
        Assert.Equal(profile.Id, error.GetProperty("engine").GetString());
        Assert.StartsWith(error.GetProperty("endpoint").GetString()!, spec.Route, StringComparison.Ordinal);
        Assert.Equal(
            EngineCatalog.All.Where(other => !other.Demonstration && EngineRows.Serves(other, spec)).Select(other => other.Id),
            error.GetProperty("served_by").EnumerateArray().Select(id => id.GetString()));
    }

    private static void AssertPath(EngineProfile profile, EndpointSpec spec, string model, ReceivedRequest received)
    {
        Assert.Equal(spec.Methods[0], received.Method);
        Assert.Equal(profile.Endpoints[spec.Id].Path ?? SampleRequest.Path(spec, model), received.Target);
    }

    private static void AssertCredentials(UpstreamAuth auth, ReceivedRequest received)
    {
        if (auth.Header is { } header)
        {
            Assert.Equal(auth.Prefix + TestEnvironment.EngineKey, received.Header(header));
        }

        Assert.All(received.Headers, header => Assert.DoesNotContain(RunningGateway.ClientKey, header.Value.ToString(), StringComparison.Ordinal));
    }
}
