using System.Text;
using Gateway.Proxy.Requests;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Gateway.EndToEndTests.Bodies;

/// <summary>The bodies of all requests together have a budget: the one that does not fit is told so, and the others are served.</summary>
public sealed class BodyMemoryTests
{
    private const int Megabyte = 1024 * 1024;

    [Fact]
    public async Task Bodies_MoreThanTheBudget_AreRefusedAndServedAgainLater()
    {
        await using var environment = await TestEnvironment.StartAsync("openai", ("GATEWAY_MAX_BODY_MB", "4"), ("GATEWAY_BODY_MEMORY_MB", "12"));
        var memory = environment.Gateway.Services.GetRequiredService<BodyMemory>();
        var body = Encoding.ASCII.GetBytes(SampleRequest.Chat(environment.Engine.Model, more: $",\"user\":\"{new string('u', 3 * Megabyte)}\""));
        var head = RawClient.Head("POST", "/v1/chat/completions", "Content-Type: application/json", $"Content-Length: {body.Length}");
        using var client = await RawClient.ConnectAsync(environment.Gateway.Url);

        // As if two bodies were being answered: real ones would have to stand still for longer than the server lets them.
        memory.Take(8 * Megabyte);
        await client.SendAsync(Encoding.ASCII.GetBytes(head));
        await client.SendAsync(body);
        var refused = await client.ReadAsync();
        Assert.Equal((503, "2"), (refused.Status, refused.Headers["Retry-After"]));
        Assert.Contains("overloaded", refused.Text, StringComparison.Ordinal);
        Assert.Contains("GATEWAY_BODY_MEMORY_MB", refused.Text, StringComparison.Ordinal);
        Assert.Equal(8 * Megabyte, memory.Taken);

        memory.Give(8 * Megabyte);
        await client.SendAsync(Encoding.ASCII.GetBytes(head));
        await client.SendAsync(body);
        Assert.Equal(200, (await client.ReadAsync()).Status);
        await Wait.UntilAsync(() => memory.Taken == 0, "the memory to be given back");
    }

    [Fact]
    public async Task Caller_LeavesInTheMiddle_ItsMemoryIsGivenBack()
    {
        await using var environment = await TestEnvironment.StartAsync("openai", ("GATEWAY_MAX_BODY_MB", "4"), ("GATEWAY_BODY_MEMORY_MB", "12"));
        var memory = environment.Gateway.Services.GetRequiredService<BodyMemory>();
        using (var client = await RawClient.ConnectAsync(environment.Gateway.Url))
        {
            await client.SendAsync(RawClient.Head("POST", "/v1/chat/completions", "Content-Type: application/json", $"Content-Length: {3 * Megabyte}"));
            await client.SendAsync(new byte[2 * Megabyte]);
            await Wait.UntilAsync(() => memory.Taken >= 2 * Megabyte, "the body to be read");
        }

        await Wait.UntilAsync(() => memory.Taken == 0, "the memory to be given back");
    }
}
