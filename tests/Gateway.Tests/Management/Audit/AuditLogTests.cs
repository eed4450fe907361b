using Gateway.Management.Audit;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Gateway.Tests.Management.Audit;

/// <summary>The audit log: the newest first, bounded in size, and not lost by a cut line.</summary>
public sealed class AuditLogTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void Read_NewestFirst_AcrossBothFiles()
    {
        var log = Log(limit: 600);
        for (var i = 0; i < 6; i++)
        {
            log.Refused("who", "what", $"engine-{i}", "because");
        }

        Assert.True(File.Exists(_folder.File("audit.jsonl.1")));
        Assert.Equal(["engine-5", "engine-4", "engine-3"], log.Read(3).Select(entry => entry.Backend));
    }

    [Fact]
    public void Write_ForEver_KeepsTwoBoundedFiles()
    {
        var log = Log(limit: 2000);
        for (var i = 0; i < 200; i++)
        {
            log.Refused("who", "what", $"engine-{i}", "because");
        }

        Assert.All(Directory.GetFiles(_folder.Path), file => Assert.InRange(new FileInfo(file).Length, 1, 2000));
        Assert.Equal(2, Directory.GetFiles(_folder.Path).Length);
    }

    [Fact]
    public void Read_CutLine_IsPassedOver()
    {
        var log = Log(limit: 10_000);
        log.Refused("who", "what", "engine", "because");
        File.AppendAllText(_folder.File("audit.jsonl"), "{\"time\":\"20");

        Assert.Equal("engine", Assert.Single(log.Read(10)).Backend);
    }

    [Fact]
    public void Read_NoFileYet_IsEmpty() => Assert.Empty(Log(100).Read(10));

    public void Dispose() => _folder.Dispose();

    private AuditLog Log(long limit) => new(_folder.File("audit.jsonl"), TimeProvider.System, NullLogger<AuditLog>.Instance, limit);
}
