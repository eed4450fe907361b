using System.Text;
using Gateway.Fakes;
using Xunit;

namespace Gateway.EndToEndTests.Bodies;

/// <summary>A body that passes as it comes can be sent once. What was sent of it is gone, and must not be sent again without it.</summary>
public sealed class ReplayTests
{
    private const string Busy = """{"error":{"message":"busy","type":"server_error","param":null,"code":null}}""";

    [Theory]
    [InlineData("POST", "/v1/files")]
    [InlineData("POST", "/v1/batches")]
    [InlineData("POST", "/v1/uploads/id_1/parts")]
    [InlineData("POST", "/v1/threads")]
    [InlineData("DELETE", "/v1/files/id_1")]
    public async Task Upload_EngineIsBusy_IsNeverSentAgainWithoutItsBytes(string method, string path)
    {
        await using var environment = await TestEnvironment.StartAsync("openai", ("GATEWAY_RETRIES", "2"));
        foreach (var chunked in (bool[])[true, false])
        {
            environment.Engine.Reset();
            environment.Engine.Script.Next(Replies.Status(503, Busy));
            using var client = await RawClient.ConnectAsync(environment.Gateway.Url);
            var body = new string('x', 5000);
            await client.SendAsync(chunked
                ? RawClient.Head(method, path, "Content-Type: application/octet-stream", "Transfer-Encoding: chunked") + $"{body.Length:X}\r\n{body}\r\n0\r\n\r\n"
                : RawClient.Head(method, path, "Content-Type: application/octet-stream", $"Content-Length: {body.Length}") + body);

            Assert.Equal(503, (await client.ReadAsync()).Status);
            Assert.Equal(body.Length, Assert.Single(environment.Engine.Requests.Work).Body.Length);
        }
    }

    [Theory]
    [InlineData("GET", "/v1/files", "X: y")]
    [InlineData("POST", "/v1/batches/id_1/cancel", "Content-Length: 0")]
    [InlineData("DELETE", "/v1/files/id_1", "X: y")]
    public async Task Request_WithoutABody_IsTriedAgain(string method, string path, string header)
    {
        await using var environment = await TestEnvironment.StartAsync("openai", ("GATEWAY_RETRIES", "2"));
        environment.Engine.Reset();
        environment.Engine.Script.Next(Replies.Status(503, Busy));
        using var client = await RawClient.ConnectAsync(environment.Gateway.Url);

        await client.SendAsync(RawClient.Head(method, path, header));

        Assert.Equal(200, (await client.ReadAsync()).Status);
        Assert.Equal(2, environment.Engine.Requests.Work.Count);
    }

    [Fact]
    public async Task Upload_CompressedAndSoHeld_IsSentAgainWhole()
    {
        await using var environment = await TestEnvironment.StartAsync("openai", ("GATEWAY_RETRIES", "2"));
        environment.Engine.Reset();
        environment.Engine.Script.Next(Replies.Status(503, Busy));
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/files") { Content = new ByteArrayContent(Encoding.UTF8.GetBytes("plain")) };
        request.Content.Headers.TryAddWithoutValidation("Content-Encoding", "identity");

        using var answer = await environment.Client.SendAsync(request);

        Assert.Equal(200, (int)answer.StatusCode);
        Assert.Equal(["plain", "plain"], environment.Engine.Requests.Work.Select(work => work.Text));
    }
}
