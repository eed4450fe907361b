using Gateway.TestModels;

namespace Gateway.EndToEndTests.RealEngine;

/// <summary>Where the real engine and its model are, and why the engine may be missing.</summary>
internal static class RealEngineFiles
{
    private static readonly Lazy<string> Tiny = new(static () => Write("tiny.gguf", new()));
    private static readonly Lazy<string> Slow = new(static () => Write("slow.gguf", new() { ZeroPadMebibytes = 100, ContextLength = 16384 }));

    public static string Server { get; } = Path.Combine(Clone.Root, ".cache", "llamacpp", "llama-server");

    /// <summary>Null where the engine is ready to be started.</summary>
    public static string? MissingReason { get; } = File.Exists(Server)
        ? null
        : "The real engine is not there. Run scripts/setup-llamacpp.sh as root; it says what it lacks.";

    /// <summary>The reason to skip a test: on CI there is none, so a missing engine fails the test instead.</summary>
    public static string? SkipReason { get; } =
        Environment.GetEnvironmentVariable("CI") == "true" ? null : MissingReason;

    public static string TinyModel => Tiny.Value;

    /// <summary>Some milliseconds a token and a long context: an answer that may not end lasts for minutes.</summary>
    public static string SlowModel => Slow.Value;

    // Renamed when whole: another test process may be about to read it.
    private static string Write(string name, TinyModelOptions options)
    {
        var path = Path.Combine(AppContext.BaseDirectory, name);
        var unfinished = $"{path}.{Environment.ProcessId}";
        TestModels.TinyModel.Write(unfinished, options);
        File.Move(unfinished, path, overwrite: true);
        return path;
    }
}
