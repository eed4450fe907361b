using System.Text;
using Gateway.Core.Configuration;
using Gateway.Core.Errors;
using Gateway.Engines.Endpoints;
using Gateway.Proxy.Requests;
using Gateway.Tests.Streams;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace Gateway.Tests.Forwarding;

/// <summary>What the gateway reads of a request, and what it does not take.</summary>
public sealed class ClientRequestTests
{
    private const string Form = "multipart/form-data; boundary=b";

    [Theory]
    [InlineData("""{"model":"m","stream":true}""", "m", true)]
    [InlineData("""{"stream":false,"model":"a\u002fb:c"}""", "a/b:c", false)]
    [InlineData("""{"model":"","stream":null}""", null, false)]
    [InlineData("""{"model":null,"stream":"true"}""", null, false)]
    [InlineData("""{"stream":1,"x":{"model":"inner","stream":true}}""", null, false)]
    [InlineData("{}", null, false)]
    public async Task Read_Json_GivesModelAndStream(string body, string? model, bool streams)
    {
        var (request, error) = await ReadAsync(body);
        using var held = request;

        Assert.Null(error);
        Assert.Equal((model, streams, body), (request!.Model, request.Streams, Encoding.UTF8.GetString(request.Body!.Value.Span)));
    }

    [Theory]
    [InlineData("", "400 invalid_json ")]
    [InlineData("x", "400 invalid_json ")]
    [InlineData("[]", "400 invalid_json ")]
    [InlineData("""{"model":7}""", "400  model")]
    [InlineData("""{"model":["m"]}""", "400  model")]
    [InlineData("""{"model":"\ud800"}""", "400  model")]
    [InlineData("""{"model":"a","model":"b"}""", "400 invalid_json model")]
    [InlineData("""{"model":"a","Model":"b:cloud"}""", "400 invalid_json model")]
    [InlineData("""{"MODEL":"b:cloud"}""", "400 invalid_json model")]
    [InlineData("""{"stream":true,"stream":false}""", "400 invalid_json stream")]
    [InlineData("""{"stream_options":{},"Stream_Options":{}}""", "400 invalid_json stream_options")]
    public async Task Read_JsonThatCannotBeJudged_IsTheCallersMistake(string body, string expected)
    {
        var (request, error) = await ReadAsync(body);

        Assert.Null(request);
        Assert.Equal(expected, $"{error!.Status} {error.Code} {error.Param}");
    }

    [Theory]
    [InlineData(512, true)]
    [InlineData(513, false)]
    [InlineData(1_000_000, false)]
    public async Task Read_LongModel_IsTakenUpToItsLimit(int length, bool taken)
    {
        var name = new string('ü', length);
        foreach (var (body, endpoint, type) in new[]
        {
            ($$"""{"model":"{{name}}"}""", EndpointId.ChatCompletions, "application/json"),
            ($$"""{"model":"{{name.Replace("ü", "\\u00fc", StringComparison.Ordinal)}}"}""", EndpointId.ChatCompletions, "application/json"),
            ($"--b\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\n{name}\r\n--b--", EndpointId.AudioTranscriptions, Form),
        })
        {
            var (request, error) = await ReadAsync(body, endpoint, type);
            using var held = request;

            Assert.Equal(taken ? name : null, request?.Model);
            Assert.Equal(taken ? null : "`model` is longer than 512 characters.", error?.Message);
        }
    }

    [Theory]
    [InlineData("--b\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\nwhisper\r\n--b--", Form, "whisper")]
    [InlineData("--b\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\nx\r\n--b--", Form, null)]
    [InlineData("""{"model":"whisper"}""", "application/json; charset=utf-8", "whisper")]
    public async Task Read_Form_GivesItsModel(string body, string type, string? model)
    {
        var (request, error) = await ReadAsync(body, EndpointId.AudioTranscriptions, type);
        using var held = request;

        Assert.Null(error);
        Assert.Equal(model, request!.Model);
        Assert.Equal(model is not null && type == Form, request.FormModel is not null);
    }

    [Theory]
    [InlineData("model=whisper", "application/x-www-form-urlencoded")]
    [InlineData("--b\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\nwhisper", Form)]
    [InlineData("", null)]
    public async Task Read_NoSoundForm_IsTheCallersMistake(string body, string? type) =>
        Assert.Equal(400, (await ReadAsync(body, EndpointId.AudioTranscriptions, type)).Error?.Status);

    [Fact]
    public async Task Read_EndpointWithoutModel_LeavesTheBodyAlone()
    {
        var context = Context(new ScriptedStream([], open: true));
        var (request, error) = await ClientRequest.ReadAsync(context, EndpointCatalog.Find(EndpointId.Files), Settings(100));
        using var held = request;

        Assert.Null(error);
        Assert.Null(request!.Body);
    }

    [Theory]
    [InlineData("?model=m", "m")]
    [InlineData("?Model=a%2Fb", "a/b")]
    [InlineData("?intent=transcription", null)]
    public async Task Read_Query_GivesTheModel(string query, string? model)
    {
        var context = Context(Stream.Null);
        context.Request.QueryString = new QueryString(query);
        var (request, _) = await ClientRequest.ReadAsync(context, EndpointCatalog.Find(EndpointId.Realtime), Settings(100));
        using var held = request;

        Assert.Equal(model, request!.Model);
    }

    [Theory]
    [InlineData(100, null, true)]
    [InlineData(101, null, false)]
    [InlineData(1_000_000, null, false)]
    [InlineData(10, 101L, false)]
    [InlineData(10, 1_000_000_000_000L, false)]
    public async Task Read_Body_IsTakenUpToTheLimit(int length, long? claimed, bool taken)
    {
        var body = Encoding.UTF8.GetBytes("{}" + new string(' ', length - 2));
        foreach (var pieces in (int[])[1, 7, 1_000_000])
        {
            var context = Context(new ScriptedStream(body.Chunk(pieces).Take(1000)));
            context.Request.ContentLength = claimed;
            var (request, error) = await ClientRequest.ReadAsync(context, EndpointCatalog.Find(EndpointId.ChatCompletions), Settings(100));
            using var held = request;

            Assert.Equal(taken, request is not null);
            Assert.Equal(taken ? null : "request_too_large", error?.Code);
            Assert.Equal(!taken, error?.ClosesConnection ?? false);
        }
    }

    // A caller who never ends must not fill the memory.
    [Fact]
    public async Task Read_EndlessBody_EndsAtTheLimit()
    {
        var piece = new byte[64 * 1024];
        var source = new ScriptedStream(Enumerable.Repeat(piece, 40), open: true);

        var (_, error) = await ClientRequest.ReadAsync(Context(source), EndpointCatalog.Find(EndpointId.ChatCompletions), Settings(1024 * 1024)).AsTask().WaitAsync(TimeSpan.FromSeconds(20));

        Assert.Equal("request_too_large", error?.Code);
    }

    private static Task<(ClientRequest? Request, GatewayError? Error)> ReadAsync(string body, EndpointId endpoint = EndpointId.ChatCompletions, string? type = "application/json")
    {
        var context = Context(new MemoryStream(Encoding.UTF8.GetBytes(body)));
        context.Request.ContentType = type;
        return ClientRequest.ReadAsync(context, EndpointCatalog.Find(endpoint), Settings(10 * 1024 * 1024)).AsTask();
    }

    private static DefaultHttpContext Context(Stream body) => new() { Request = { Method = "POST", Body = body } };

    private static GatewaySettings Settings(long limit) => new() { Backends = [], MaxBodyBytes = limit };
}
