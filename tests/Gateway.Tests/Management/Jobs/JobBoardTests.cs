using Gateway.Engines;
using Gateway.Management.Audit;
using Gateway.Management.Jobs;
using Gateway.Management.Lifecycle;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Gateway.Tests.Management.Jobs;

/// <summary>Jobs: never two on one engine, kept over restarts, given up on request.</summary>
public sealed class JobBoardTests : IDisposable
{
    private static readonly EngineNode One = new("one", "One", "");
    private static readonly EngineNode Two = new("two", "Two", "");

    private readonly TemporaryFolder _folder = new();

    [Fact]
    public async Task Submit_SameRequestTwice_MeetsTheRunningJob()
    {
        await using var board = Board();
        var gate = new TaskCompletionSource();

        var first = board.Submit(Request("a", "x", Waits(One, gate)));
        var again = board.Submit(Request("a", "x", Waits(One, gate)));
        var other = board.Submit(Request("a", "y", Waits(One, gate)));
        var elsewhere = board.Submit(Request("a", "y", Waits(Two, gate)));

        Assert.Equal((first.Job.Id, false), (again.Job.Id, again.Conflict));
        Assert.Equal((first.Job.Id, true), (other.Job.Id, other.Conflict));
        Assert.Equal((false, false), (elsewhere.Conflict, elsewhere.Job.Id == first.Job.Id));
        gate.SetResult();
        Assert.Equal("completed", (await EndAsync(board, first.Job.Id)).Message);
        Assert.False(board.Submit(Request("a", "y", Waits(One, gate))).Conflict);
    }

    [Fact]
    public async Task Submit_NothingToDo_HasEndedAtOnce()
    {
        await using var board = Board();

        var ticket = board.Submit(Request("a", "x"));

        Assert.Equal((true, "completed", 100.0, null), (ticket.Job.Processed, ticket.Job.Message, ticket.Job.Percent, ticket.Job.Error));
    }

    [Fact]
    public async Task Cancel_RunningJob_EndsAsCancelled()
    {
        await using var board = Board();
        var job = board.Submit(Request("a", "x", Waits(One, new TaskCompletionSource()))).Job;
        await ManagementHost.WaitAsync(() => Task.FromResult(board.Jobs.Find(job.Id)!.Nodes[0].Phase == "loading"));

        Assert.True(board.Cancel(job.Id));

        var ended = await EndAsync(board, job.Id);
        Assert.Equal((true, "cancelled", null), (ended.Cancelled, ended.Message, ended.Error));
        Assert.False(board.Cancel(job.Id));
    }

    [Fact]
    public async Task Run_OneNodeAway_DoesNotFailTheOthers()
    {
        await using var board = Board();

        var mixed = await EndAsync(board, board.Submit(Request("a", "x", Done(One), Fails(Two, LifecycleReason.DaemonAway))).Job.Id);
        var broken = await EndAsync(board, board.Submit(Request("b", "x", Done(One), Fails(Two, LifecycleReason.DiskFull))).Job.Id);
        var away = await EndAsync(board, board.Submit(Request("c", "x", Fails(One, LifecycleReason.DaemonAway))).Job.Id);

        Assert.Null(mixed.Error);
        Assert.Equal([NodeProgress.Success, NodeProgress.Failed], mixed.Nodes.Select(node => node.Status));
        Assert.Equal("Two: It went wrong.", broken.Error);
        Assert.Equal("error: It went wrong.", away.Message);
    }

    [Fact]
    public async Task Run_DefectInTheWork_IsThatJobsFailure()
    {
        await using var board = Board();

        var ended = await EndAsync(board, board.Submit(Request("a", "x", new JobPart(One, null, "i", (_, _) => throw new InvalidOperationException("defect")))).Job.Id);

        Assert.Contains("defect", ended.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Restore_AfterAStop_SettlesWhatWasCutShortByWhatIsThere()
    {
        string cut;
        await using (var before = Board())
        {
            await EndAsync(before, before.Submit(Request("done", "x", Done(One))).Job.Id);
            cut = before.Submit(Request("cut", "x", Waits(One, new TaskCompletionSource()))).Job.Id;
        }

        await using var after = Board();
        after.Restore(job => JobEnd.Of(job, [], DateTimeOffset.UnixEpoch));

        Assert.Equal(["cut", "done"], after.Jobs.All.Select(job => job.Engine));
        var settled = after.Jobs.Find(cut)!;
        Assert.True(settled.Processed);
        Assert.Contains("restarted", settled.Error, StringComparison.Ordinal);
        Assert.Null(after.Jobs.All[1].Error);
        Assert.Equal("failed", Audit().Read(1)[0].Outcome);
    }

    [Theory]
    [InlineData("{")]
    [InlineData("[{\"Id\":3}]")]
    public async Task Restore_DamagedFile_IsPutAside(string text)
    {
        _folder.Write("jobs.json", text);
        await using var board = Board();

        board.Restore(job => job);

        Assert.Empty(board.Jobs.All);
        Assert.Equal(text, await File.ReadAllTextAsync(_folder.File("jobs.json.bad")));
    }

    [Fact]
    public async Task Restore_FileThatCannotBeRead_StartsEmpty()
    {
        Directory.CreateDirectory(_folder.File("jobs.json"));
        await using var board = Board();

        board.Restore(job => job);

        Assert.Empty(board.Jobs.All);
    }

    [Fact]
    public async Task Submit_ManyJobs_KeepsTheNewest()
    {
        await using var board = Board();

        for (var i = 0; i < JobList.History + 20; i++)
        {
            board.Submit(Request($"e{i}", "x"));
        }

        Assert.Equal(JobList.History, board.Jobs.All.Count);
        Assert.Equal($"e{JobList.History + 19}", board.Jobs.All[0].Engine);
    }

    [Theory]
    [InlineData("Install", true, false)]
    [InlineData("Install", false, true)]
    [InlineData("Delete", false, false)]
    [InlineData("Delete", true, true)]
    [InlineData("Install", true, true, true)]
    [InlineData("Delete", true, true, true)]
    public void Settle_ByAction_SaysWhatIsThere(string action, bool present, bool fails, bool passing = false)
    {
        var job = new JobRecord { Id = "j", Action = Enum.Parse<JobAction>(action), Engine = "e", Element = "e", Who = "w", CreatedAt = DateTimeOffset.UnixEpoch, Nodes = [new NodeProgress("one", "One")] };
        var engine = new InstalledEngine
        {
            Key = new EngineKey("one", "e"),
            Kind = "vllm",
            Image = "a/b:1",
            Digest = "sha256:1",
            Accelerator = Accelerator.Cpu,
            State = EngineState.Ready,
            Passing = passing,
            InstalledAt = DateTimeOffset.UnixEpoch,
            Metadata = new Dictionary<string, string> { ["job"] = "j" },
        };

        var settled = JobEnd.Of(job, present ? [engine] : [], DateTimeOffset.UnixEpoch);

        Assert.Equal(fails, settled.Error is not null);
        Assert.Equal(passing, settled.Error?.Contains("is removed as soon as it does", StringComparison.Ordinal) == true);
        Assert.True(settled.Processed);
    }

    public void Dispose() => _folder.Dispose();

    private AuditLog Audit() => new(_folder.File("audit.jsonl"), TimeProvider.System, NullLogger<AuditLog>.Instance);

    private JobBoard Board() => new(new JobList(new JobStore(_folder.File("jobs.json")), NullLogger<JobList>.Instance), Audit(), TimeProvider.System, NullLogger<JobBoard>.Instance);

    private static JobRequest Request(string engine, string fingerprint, params JobPart[] parts) =>
        new(Guid.NewGuid().ToString(), JobAction.Install, engine, engine, "tester") { Fingerprint = fingerprint, Parts = parts };

    private static JobPart Done(EngineNode node) => new(node, null, "image", (_, _) => Task.FromResult<InstalledEngine?>(null));

    private static JobPart Fails(EngineNode node, LifecycleReason reason) => new(node, null, "image", (_, _) => throw new LifecycleException(reason, "It went wrong."));

    private static JobPart Waits(EngineNode node, TaskCompletionSource gate) => new(node, null, "image", async (progress, cancellation) =>
    {
        progress.Report(new LifecycleProgress(LifecyclePhase.Loading, 50, "Loading."));
        await gate.Task.WaitAsync(cancellation);
        return null;
    });

    private static async Task<JobRecord> EndAsync(JobBoard board, string id)
    {
        await ManagementHost.WaitAsync(() => Task.FromResult(board.Jobs.Find(id)!.Processed));
        return board.Jobs.Find(id)!;
    }
}
