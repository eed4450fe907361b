using System.Text;
using Gateway.Engines.Endpoints;
using Gateway.Fakes;
using Xunit;

namespace Gateway.EndToEndTests;

/// <summary>What never ends takes no memory. These run alone, because memory is the whole process's.</summary>
[Collection(nameof(Alone))]
public sealed class MemoryTests
{
    private const long Megabyte = 1024 * 1024;

    /// <summary>A quarter of a gigabyte, in chunks of 64 KiB.</summary>
    private const int MostChunks = 4096;

    [Theory]
    [InlineData("/v1/chat/completions", "application/json")]
    [InlineData("/v1/audio/transcriptions", "multipart/form-data; boundary=x")]
    public async Task Upload_NeverEnds_IsRefusedAtTheLimit(string path, string type)
    {
        await using var environment = await TestEnvironment.StartAsync("openai", ("GATEWAY_MAX_BODY_MB", "1"));
        using var client = await RawClient.ConnectAsync(environment.Gateway.Url);
        await client.SendAsync(RawClient.Head("POST", path, $"Content-Type: {type}", "Transfer-Encoding: chunked"));
        var chunk = Encoding.ASCII.GetBytes($"10000\r\n{new string(' ', 0x10000)}\r\n");
        var before = GC.GetTotalAllocatedBytes();

        // The refused caller is read on for a while, so that the refusal reaches it, and then no more.
        var taken = 0;
        while (taken < MostChunks && await client.TrySendAsync(chunk))
        {
            taken++;
        }

        Assert.InRange(taken, 16, MostChunks - 1);
        Assert.InRange(GC.GetTotalAllocatedBytes() - before, 0, 32 * Megabyte);
        Assert.Empty(environment.Engine.Requests.Work);
    }

    // The caller is the only one who can end it; until then it passes, and nothing of it is kept.
    [Fact]
    public async Task Answer_NeverEnds_PassesWithoutBeingKept()
    {
        await using var environment = await TestEnvironment.StartAsync("openai");
        var piece = Encoding.UTF8.GetBytes($"{{\"x\":\"{new string('a', 64 * 1024)}\"}},");
        environment.Engine.Script.Next(Replies.Endless(piece, "application/json", "{\"data\":["u8.ToArray()));
        var before = GC.GetTotalMemory(forceFullCollection: true);

        var answer = await environment.Client.SendAsync(SampleRequest.To(EndpointId.Embeddings, environment.Engine.Model), HttpCompletionOption.ResponseHeadersRead);
        var body = await answer.Content.ReadAsStreamAsync();
        var buffer = new byte[64 * 1024];
        for (var read = 0L; read < 128 * Megabyte;)
        {
            read += await body.ReadAsync(buffer);
        }

        var kept = GC.GetTotalMemory(forceFullCollection: true) - before;
        answer.Dispose();
        await (await environment.WorkAsync()).Aborted.WaitAsync(Wait.Deadline);
        Assert.InRange(kept, long.MinValue, 48 * Megabyte);
    }
}

/// <summary>Tests that share no time with others.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
