using Gateway.Core.Configuration;
using Gateway.Engines;
using Gateway.Proxy.Backends;
using Gateway.Proxy.Forwarding;
using Gateway.Proxy.Pipeline;
using Gateway.Tests.Backends;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace Gateway.Tests.Forwarding;

/// <summary>Which headers cross the gateway, on their way to the engine and back.</summary>
public sealed class UpstreamHeadersTests
{
    private static readonly EngineProfile Profile = EngineCatalog.Find("openai")! with
    {
        Auth = UpstreamAuth.Bearer("KEY"),
        Requests = new RequestDialect { StripHeaders = ["X-Steers"] },
        Responses = new ResponseDialect { StripHeaders = ["X-Reveals", "X-Inside-*"] },
    };

    [Theory]
    [InlineData("Authorization")]
    [InlineData("authorization")]
    [InlineData("x-api-key")]
    [InlineData("api-key")]
    [InlineData("xi-api-key")]
    [InlineData("Cookie")]
    [InlineData("Proxy-Authorization")]
    [InlineData("Connection")]
    [InlineData("Keep-Alive")]
    [InlineData("Proxy-Connection")]
    [InlineData("TE")]
    [InlineData("Trailer")]
    [InlineData("Transfer-Encoding")]
    [InlineData("Upgrade")]
    [InlineData("HTTP2-Settings")]
    [InlineData("Host")]
    [InlineData("Expect")]
    [InlineData("Origin")]
    [InlineData("Referer")]
    [InlineData("OpenAI-Organization")]
    [InlineData("OpenAI-Project")]
    [InlineData("X-Forwarded-For")]
    [InlineData("x-forwarded-host")]
    [InlineData("Forwarded")]
    [InlineData("X-Real-IP")]
    [InlineData("X-Steers")]
    [InlineData("x-STEERS")]
    [InlineData(":authority")]
    [InlineData("X-Forwarded-User")]
    [InlineData("X-Remote-User")]
    [InlineData("X-Original-URL")]
    [InlineData("X-Rewrite-URL")]
    [InlineData("X-HTTP-Method-Override")]
    [InlineData("X-Client-Cert")]
    [InlineData("x-amz-content-sha256")]
    [InlineData("x-goog-user-project")]
    [InlineData("cf-access-client-id")]
    [InlineData("CF-Connecting-IP")]
    [InlineData("x-another-vendor-api-key")]
    [InlineData("X-User")]
    [InlineData("X-User-Email")]
    [InlineData("X-Groups")]
    [InlineData("X-Azure-ClientIP")]
    [InlineData("X-Spiffe-Id")]
    public void CopyRequest_HeaderOfTheClientAlone_IsNotSent(string name)
    {
        var sent = Sent(new HeaderDictionary { [name] = "client-secret" });

        Assert.DoesNotContain("client-secret", sent, StringComparison.Ordinal);
    }

    [Fact]
    public void CopyRequest_OwnHeaders_AreSetInPlaceOfTheClients()
    {
        var sent = Sent(new HeaderDictionary { ["Authorization"] = "Bearer client", ["x-request-id"] = "client", ["Accept-Encoding"] = "gzip" });

        Assert.Equal("Accept-Encoding: identity|Authorization: Bearer engine-key|X-Request-ID: req_1", sent);
    }

    [Fact]
    public void CopyRequest_NoKeyForTheEngine_SendsNone() =>
        Assert.DoesNotContain("Authorization", Sent(new HeaderDictionary { ["Authorization"] = "Bearer client" }, key: null), StringComparison.Ordinal);

    [Theory]
    [InlineData("X-Custom", "ünï; a=\"b\"")]
    [InlineData("User-Agent", "not / a (valid agent")]
    [InlineData("Accept", "text/event-stream, */*;q=0.1")]
    [InlineData("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")]
    [InlineData("OpenAI-Beta", "assistants=v2")]
    [InlineData("anthropic-version", "2023-06-01")]
    [InlineData("X-Empty", "")]
    public void CopyRequest_AnyOtherHeader_PassesAsItIs(string name, string value) =>
        Assert.Contains($"{name}: {value}", Sent(new HeaderDictionary { [name] = value }).Split('|'));

    [Fact]
    public void CopyRequest_HeaderOfTheBody_GoesWithTheBody()
    {
        using var request = new HttpRequestMessage { Content = new ByteArrayContent([]) };
        Copy(new HeaderDictionary { ["Content-Type"] = "application/json; charset=weird;;", ["Content-Length"] = "5", ["Content-Language"] = new(["a", "b"]) }, request);

        Assert.Equal("application/json; charset=weird;;", request.Content.Headers.NonValidated["Content-Type"].ToString());
        Assert.Equal("a, b", request.Content.Headers.NonValidated["Content-Language"].ToString());
    }

    [Theory]
    [InlineData("close, X-Hop", false)]
    [InlineData("x-hop", false)]
    [InlineData("upgrade,X-HOP , keep-alive", false)]
    [InlineData("keep-alive", true)]
    [InlineData("Keep-Alive", true)]
    [InlineData("X-Hopper", true)]
    public void CopyRequest_HeaderNamedByConnection_IsHopByHopToo(string connection, bool passes) =>
        Assert.Equal(passes, Sent(new HeaderDictionary { ["Connection"] = connection, ["X-Hop"] = "hop" }).Contains("X-Hop: hop", StringComparison.Ordinal));

    [Fact]
    public void CopyRequest_SeveralConnectionHeaders_AreAllRead() =>
        Assert.DoesNotContain("hop", Sent(new HeaderDictionary { ["Connection"] = new(["close", "X-Hop"]), ["X-Hop"] = "hop" }), StringComparison.Ordinal);

    [Theory]
    [InlineData("realtime, openai-insecure-api-key.sk-client, openai-beta.realtime-v1", "Sec-WebSocket-Protocol: realtime, openai-beta.realtime-v1")]
    [InlineData("realtime", "Sec-WebSocket-Protocol: realtime")]
    [InlineData("OpenAI-Insecure-API-Key.sk-client", null)]
    public void CopyRequest_KeyAmongSubprotocols_IsTakenOut(string protocols, string? expected) =>
        Assert.Equal(expected, Sent(new HeaderDictionary { ["Sec-WebSocket-Protocol"] = protocols }).Split('|').SingleOrDefault(line => line.StartsWith("Sec-", StringComparison.Ordinal)));

    [Theory]
    [InlineData("Connection")]
    [InlineData("Keep-Alive")]
    [InlineData("Transfer-Encoding")]
    [InlineData("Trailer")]
    [InlineData("Server")]
    [InlineData("Via")]
    [InlineData("X-Powered-By")]
    [InlineData("Set-Cookie")]
    [InlineData("Alt-Svc")]
    [InlineData("Strict-Transport-Security")]
    [InlineData("WWW-Authenticate")]
    [InlineData("x-request-id")]
    [InlineData("Access-Control-Allow-Origin")]
    [InlineData("access-control-expose-headers")]
    [InlineData("X-Reveals")]
    [InlineData("x-inside-node")]
    [InlineData("x-gateway-backend")]
    [InlineData("X-Gateway-Error-Source")]
    [InlineData("Authorization")]
    [InlineData("x-api-key")]
    [InlineData("api-key")]
    [InlineData("X-Session-Token")]
    [InlineData("Location")]
    [InlineData("Content-Location")]
    [InlineData("Refresh")]
    [InlineData("Link")]
    [InlineData("x-goog-upload-url")]
    [InlineData("X-Accel-Redirect")]
    [InlineData("X-Accel-Limit-Rate")]
    [InlineData("X-Sendfile")]
    [InlineData("Clear-Site-Data")]
    [InlineData("Content-Security-Policy")]
    [InlineData("Content-Security-Policy-Report-Only")]
    [InlineData("Report-To")]
    [InlineData("NEL")]
    [InlineData("Service-Worker-Allowed")]
    [InlineData("SourceMap")]
    [InlineData("Public-Key-Pins-Report-Only")]
    [InlineData("Cross-Origin-Opener-Policy")]
    [InlineData("X-Frame-Options")]
    [InlineData("X-Forwarded-Host")]
    [InlineData("X-Upstream-Addr")]
    [InlineData("X-Served-By")]
    [InlineData("X-Server-Name")]
    [InlineData("X-Container-Id")]
    [InlineData("Surrogate-Control")]
    [InlineData("CDN-Cache-Control")]
    [InlineData("Sec-Session-Registration")]
    [InlineData("Attribution-Reporting-Register-Source")]
    [InlineData("X-Archive-Files")]
    public void CopyResponse_HeaderOfTheEngineAlone_IsNotReturned(string name)
    {
        using var answer = new HttpResponseMessage { Content = new ByteArrayContent([]) };
        answer.Headers.TryAddWithoutValidation(name, "inside");

        Assert.Empty(Returned(answer));
    }

    [Fact]
    public void CopyResponse_OtherHeaders_PassAsTheyAre()
    {
        using var answer = new HttpResponseMessage { Content = new ByteArrayContent([]) };
        answer.Headers.TryAddWithoutValidation("openai-processing-ms", "12");
        answer.Headers.TryAddWithoutValidation("x-ratelimit-remaining-requests", "7");
        answer.Headers.TryAddWithoutValidation("X-Odd", ["a", "b; c"]);
        answer.Headers.TryAddWithoutValidation("X-Insider", "yes");
        answer.Content.Headers.TryAddWithoutValidation("Content-Type", "text/event-stream;;odd");
        answer.Content.Headers.TryAddWithoutValidation("Content-Length", "999");

        var returned = Returned(answer);

        Assert.Equal(["Content-Type", "X-Insider", "X-Odd", "openai-processing-ms", "x-ratelimit-remaining-requests"], returned.Keys.Order(StringComparer.Ordinal));
        Assert.Equal("text/event-stream;;odd", returned["Content-Type"]);
        Assert.Equal("a|b; c", string.Join("|", returned["X-Odd"].ToArray()));
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void CopyResponse_Encoding_IsToldOnlyWhereTheBytesStillHaveIt(bool decoded, bool told)
    {
        using var answer = new HttpResponseMessage { Content = new ByteArrayContent([]) };
        answer.Content.Headers.TryAddWithoutValidation("Content-Encoding", "gzip");

        Assert.Equal(told, Returned(answer, decoded).ContainsKey("Content-Encoding"));
    }

    [Fact]
    public void CopyResponse_HeaderNamedByConnection_IsHopByHopToo()
    {
        using var answer = new HttpResponseMessage { Content = new ByteArrayContent([]) };
        answer.Headers.TryAddWithoutValidation("Connection", "close, X-Hop");
        answer.Headers.TryAddWithoutValidation("X-Hop", "hop");
        answer.Headers.TryAddWithoutValidation("X-Stays", "yes");

        Assert.Equal(["X-Stays"], Returned(answer).Keys);
    }

    [Theory]
    [InlineData("http://127.0.0.1:9/v1/realtime/calls/rtc_1?x=1", "/v1/realtime/calls/rtc_1")]
    [InlineData("/v1/files/file-1", "/v1/files/file-1")]
    [InlineData("file-1", "/v1/files/file-1")]
    [InlineData("http://127.0.0.1:9/admin/keys", null)]
    [InlineData("http://127.0.0.1:9/v1/organization/keys", null)]
    [InlineData("http://elsewhere.example/v1/files/file-1", null)]
    [InlineData("//elsewhere.example/v1/files/file-1", null)]
    [InlineData("http://127.0.0.1:8/v1/files/file-1", null)]
    public void CopyResponse_Location_IsAPathOfTheGatewayOrNothing(string location, string? expected)
    {
        using var answer = Answer(("Location", location));

        Assert.Equal(expected, (string?)Returned(answer)["Location"]);
    }

    [Theory]
    [InlineData("see http://127.0.0.1:9/debug")]
    [InlineData("at 127.0.0.1:9")]
    [InlineData("Bearer engine-key")]
    [InlineData("upstream 10.0.3.7")]
    [InlineData("http://192.168.1.20:8001/x")]
    [InlineData("172.31.0.4.")]
    [InlineData("100.64.1.1; 8.8.8.8")]
    [InlineData("vllm.ai.svc.cluster.local")]
    [InlineData("control \u0001 character")]
    public void CopyResponse_ValueShowsTheInside_IsNotReturned(string value)
    {
        using var answer = Answer(("X-Odd", value), ("X-Stays", "v1.2.3.4, 8.8.8.8, 172.32.0.1, 0.10.2 and 127.0.0"));

        Assert.Equal(["X-Stays"], Returned(answer).Keys);
    }

    [Theory]
    [InlineData("client-key-1f0c")]
    [InlineData("key=client-key-1f0c; x")]
    [InlineData("Bearer something-else")]
    [InlineData("Basic dTpw")]
    public void CopyRequest_ValueIsACredential_IsNotSent(string value) =>
        Assert.DoesNotContain("X-Odd", Sent(new HeaderDictionary { ["Authorization"] = "Bearer client-key-1f0c", ["X-Odd"] = value }), StringComparison.Ordinal);

    private static HttpResponseMessage Answer(params (string Name, string Value)[] headers)
    {
        var answer = new HttpResponseMessage { Content = new ByteArrayContent([]), RequestMessage = new HttpRequestMessage(HttpMethod.Post, "http://127.0.0.1:9/v1/files/") };
        foreach (var (name, value) in headers)
        {
            answer.Headers.TryAddWithoutValidation(name, value);
        }

        return answer;
    }

    private static string Sent(HeaderDictionary headers, string? key = "engine-key")
    {
        using var request = new HttpRequestMessage();
        Copy(headers, request, key);
        return string.Join('|', request.Headers.NonValidated.Select(header => $"{header.Key}: {header.Value}").Order(StringComparer.OrdinalIgnoreCase));
    }

    private static void Copy(HeaderDictionary headers, HttpRequestMessage request, string? key = "engine-key")
    {
        var context = new DefaultHttpContext();
        foreach (var (name, value) in headers)
        {
            context.Request.Headers[name] = value;
        }

        using var backend = Of(key);
        new UpstreamHeaders(backend).CopyRequest(context.Request, request, request.Content, new GatewayFeature { RequestId = "req_1", StartedAt = 0, Key = new ClientKey("tests", []) });
    }

    private static IHeaderDictionary Returned(HttpResponseMessage answer, bool decoded = false)
    {
        var context = new DefaultHttpContext();
        using var backend = Of("engine-key");
        new UpstreamHeaders(backend).CopyResponse(answer, answer.Content, context.Response, decoded);
        return context.Response.Headers;
    }

    private static Backend Of(string? key) => TestBackends.Of(Profile, replicas: 1, set: settings => settings with { ApiKey = key });
}
