using System.Formats.Tar;
using System.Security.Cryptography;

namespace Gateway.ManagementTests;

/// <summary>Images of the tiny engine: each has a version that it answers with, and a way to start.</summary>
internal static class TinyImages
{
    /// <summary>Makes an image that only this test uses.</summary>
    /// <param name="version">What it answers.</param>
    /// <param name="behaviour"><c>ready</c>, <c>late</c>, <c>slow</c> or <c>broken</c>.</param>
    /// <param name="repository">Its name; null: one of its own.</param>
    /// <returns>The name with the tag.</returns>
    public static async Task<string> MakeAsync(string version, string behaviour = "ready", string? repository = null)
    {
        var name = $"{repository ?? "gateway-test/tiny"}:{version}-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4))}";
        await MakeAsAsync(name, version, behaviour);
        return name;
    }

    /// <summary>Makes an image under this name, in place of the one that had it.</summary>
    public static async Task MakeAsAsync(string name, string version, string behaviour = "ready", int ballastMegabytes = 0)
    {
        using var folder = new TemporaryFolder();
        var file = folder.File("image.tar");
        await using (var tar = File.Create(file))
        {
            await WriteAsync(tar, version, behaviour, ballastMegabytes);
        }

        (await Shell.RunAsync("docker", "import", "--change", "ENTRYPOINT [\"/start\"]", file, name)).Succeeded();
    }

    /// <summary>Removes an image, if it is there.</summary>
    public static Task RemoveAsync(string name) => Shell.RunAsync("docker", "rmi", "--force", name);

    private static async Task WriteAsync(Stream stream, string version, string behaviour, int ballastMegabytes)
    {
        await using var tar = new TarWriter(stream, leaveOpen: true);
        var root = DockerSetup.TinyEngine;
        foreach (var path in Directory.EnumerateFileSystemEntries(root, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            await tar.WriteEntryAsync(path, Path.GetRelativePath(root, path));
        }

        await AddAsync("version", System.Text.Encoding.ASCII.GetBytes(version));
        await AddAsync("behaviour", System.Text.Encoding.ASCII.GetBytes(behaviour));
        if (ballastMegabytes > 0)
        {
            await AddAsync("ballast", RandomNumberGenerator.GetBytes(ballastMegabytes << 20));
        }

        async Task AddAsync(string name, byte[] content) =>
            await tar.WriteEntryAsync(new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(content) });
    }
}
