using Xunit;

namespace Gateway.ComposeTests;

/// <summary><c>make env-…</c>: a file to start with, and never the loss of one that somebody edited.</summary>
public sealed class EnvFileTargetTests
{
    [Fact]
    public async Task Env_FirstTime_MakesAKeyThatOnlyItsOwnerCanRead()
    {
        await using var place = new Workplace();
        var made = (await place.MakeAsync("env-vllm", "MODEL_NAME=some/model", "GPU=amd")).Succeeded();

        Assert.Matches("^sk-[0-9a-f]{32}$", place.Key);
        Assert.Contains(place.Key, made.Output, StringComparison.Ordinal);
        Assert.Contains("MODEL_NAME=some/model", File.ReadAllLines(place.EnvFile));
        Assert.Contains("GPU=amd", File.ReadAllLines(place.EnvFile));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(place.EnvFile));
        }
    }

    [Fact]
    public async Task Env_AsItWasMade_IsReplacedWithoutACopyAndKeepsTheKey()
    {
        await using var place = new Workplace();
        (await place.MakeAsync("env-vllm")).Succeeded();
        var key = place.Key;

        (await place.MakeAsync("env-external")).Succeeded();

        Assert.Equal(key, place.Key);
        Assert.Empty(Copies(place));
    }

    [Fact]
    public async Task Env_Edited_IsKeptInACopy()
    {
        await using var place = new Workplace();
        (await place.MakeAsync("env-vllm")).Succeeded();
        File.AppendAllText(place.EnvFile, "VLLM_MAX_MODEL_LEN=4096\n");
        var edited = File.ReadAllText(place.EnvFile);

        var made = (await place.MakeAsync("env-ollama")).Succeeded();
        File.AppendAllText(place.EnvFile, "OLLAMA_MAX_QUEUE=1\n");
        (await place.MakeAsync("env-vllm")).Succeeded();

        Assert.Contains("had been edited: the old file is kept as .env.bak-", made.Output, StringComparison.Ordinal);
        Assert.Equal(2, Copies(place).Length);
        Assert.Contains(edited, Copies(place).Select(File.ReadAllText));
    }

    [Fact]
    public async Task Env_KeyWithSpecialSigns_StaysAsItIs()
    {
        await using var place = new Workplace();
        (await place.MakeAsync("env-vllm")).Succeeded();
        File.WriteAllLines(place.EnvFile, File.ReadAllLines(place.EnvFile).Select(line => line.StartsWith("API_KEYS=", StringComparison.Ordinal) ? "API_KEYS='a:$k&/\\1#2,b:other-key'" : line));

        (await place.MakeAsync("env-tgi")).Succeeded();

        Assert.Equal("'a:$k&/\\1#2,b:other-key'", place.Key);
    }

    private static string[] Copies(Workplace place) => Directory.GetFiles(place.Folder, ".env.bak-*");
}
