using WireMock.RequestBuilders;
using WireMock.ResponseBuilders;
using WireMock.Server;
using WireMock.Settings;

namespace Gateway.Tests;

/// <summary>HTTP servers on a free local port whose answers are fixed.</summary>
internal static class CannedHttp
{
    public static WireMockServer Start() => WireMockServer.Start(new WireMockServerSettings { Urls = ["http://127.0.0.1:0/"] });

    /// <summary>Every request gets this body.</summary>
    public static WireMockServer Answering(string body)
    {
        var server = Start();
        server.Given(Request.Create()).RespondWith(Response.Create().WithBody(body));
        return server;
    }

    public static WireMockServer On(this WireMockServer server, string path, Func<IResponseBuilder, IResponseBuilder> answer)
    {
        server.Given(Request.Create().WithPath(path).UsingGet()).RespondWith(answer(Response.Create()));
        return server;
    }
}
