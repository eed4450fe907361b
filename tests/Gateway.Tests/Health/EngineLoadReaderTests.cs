using System.Text;
using Gateway.Engines;
using Gateway.Fakes;
using Gateway.Proxy.Backends;
using Gateway.Proxy.Health;
using Xunit;

namespace Gateway.Tests.Health;

/// <summary>An engine's load out of its metrics, whatever else they tell.</summary>
public sealed class EngineLoadReaderTests
{
    private static readonly LoadGauges Gauges = new()
    {
        Running = ["e:running", "e:old_running"],
        Waiting = ["e:waiting"],
        KvCacheUsage = ["e:cache"],
        PrefixCacheHits = ["e:hits"],
        PrefixCacheQueries = ["e:queries"],
    };

    [Theory]
    [InlineData("e:running 3", 3.0)]
    [InlineData("e:running 3\n", 3.0)]
    [InlineData("e:running{model=\"m\"} 3.5e1 1700000000000\n", 35.0)]
    [InlineData("e:running{model=\"a\"} 3\r\ne:running{model=\"b\"} 4\r\n", 7.0)]
    [InlineData("e:running{model=\"a } e:running 9\"} 3\n", 3.0)]
    [InlineData("# HELP e:running Requests.\n# TYPE e:running gauge\ne:running   2\n", 2.0)]
    [InlineData("e:old_running 5\n", 5.0)]
    [InlineData("e:old_running 5\ne:running 6\n", 6.0)]
    [InlineData("e:running_total 5\nxe:running 6\ne:running\ne:running{ \n", null)]
    [InlineData("e:running NaN\ne:running x\n", null)]
    [InlineData("e:running NaN\ne:running 1\n", 1.0)]
    [InlineData("", null)]
    public void Read_Running_IsTheSumOfTheNewestName(string text, double? expected) => Assert.Equal(expected, Read(text).Running);

    [Fact]
    public void Read_Ratios_AreMeansAndQuotients() =>
        Assert.Equal(new EngineLoad(null, 2, 0.5, 0.25), Read("e:cache{g=\"0\"} 0.4\ne:cache{g=\"1\"} 0.6\ne:waiting 2\ne:hits 1\ne:queries 4\n"));

    [Fact]
    public void Read_LongText_TakesNoMemoryButForTheResult()
    {
        var text = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 2000).Select(i => $"e:latency_bucket{{le=\"{i}\"}} {i}\n")) + "e:running 1\ne:waiting 1\n");
        _ = EngineLoadReader.Read(Gauges, text);

        var before = GC.GetAllocatedBytesForCurrentThread();
        var load = EngineLoadReader.Read(Gauges, text);

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 1, 512);
        Assert.Equal((1, 1), (load.Running, load.Waiting));
    }

    // The pages of real servers; the ratios are of tokens found to tokens looked up.
    [Fact]
    public void Read_PageOfVllm_TellsItsLoad() => Assert.Equal(
        new EngineLoad(0, 0, 0, 15360.0 / 32136.0) { ReportsSleep = true },
        EngineLoadReader.Read(Vllm.Profile.Load, new Fixtures("vllm").Get("metrics-captured.txt")));

    [Fact]
    public void Read_PageOfLlamaCpp_TellsItsLoad() => Assert.Equal(
        new EngineLoad(0, 0, null, 1797.0 / (1797.0 + 1167.0)),
        EngineLoadReader.Read(LlamaCpp.Profile.Load, new Fixtures("llamacpp").Get("metrics-captured.txt")));

    // What the notes of the profile name has to be there under that name.
    [Fact]
    public void Page_OfVllm_CountsRefusalsOfItsQueue()
    {
        const string Family = "vllm:admission_rejections_total";
        var page = Encoding.UTF8.GetString(new Fixtures("vllm").Get("metrics-captured.txt"));

        Assert.Contains($"# TYPE {Family} counter\n{Family}{{", page, StringComparison.Ordinal);
        Assert.Contains(Vllm.Profile.Responses.Notes, note => note.Contains(Family, StringComparison.Ordinal));
    }

    private static EngineLoad Read(string text) => EngineLoadReader.Read(Gauges, Encoding.UTF8.GetBytes(text));
}
