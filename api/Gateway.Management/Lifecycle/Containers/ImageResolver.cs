using Docker.DotNet.Models;
using Gateway.Management.Docker;

namespace Gateway.Management.Lifecycle;

/// <summary>An image that is known to exist.</summary>
/// <param name="Reference">By which it was asked for.</param>
/// <param name="Digest">In its registry; of a local image, its id.</param>
/// <param name="CreateFrom">What a container is made from, so that it is this image and no other.</param>
/// <param name="Pull">What is to be pulled; null where it is on the node already.</param>
internal sealed record ResolvedImage(ImageReference Reference, string Digest, string CreateFrom, ImageReference? Pull);

/// <summary>Finds an image in its registry or on the node, holds it to its pin, and pulls it.</summary>
internal static class ImageResolver
{
    private const long LeastRoom = 512L * 1024 * 1024;

    /// <summary>Looks, and changes nothing.</summary>
    /// <exception cref="LifecycleException">It is nowhere, or not the one that it has to be.</exception>
    public static async Task<ResolvedImage> ResolveAsync(EngineHost host, ImageReference image, string? pin, CancellationToken cancellationToken)
    {
        var local = await host.Docker.FindImageAsync(image.Digest is { } named ? $"{image.Repository}@{named}" : image.ToString(), cancellationToken);
        var (digest, reason) = await RegistryAsync(host, image, cancellationToken);
        if (digest is null && local is null)
        {
            throw LifecycleErrors.Of(reason!);
        }

        // Without the registry, what is on the node has to do: made there, or pulled when it was still to be had.
        digest ??= DigestOf(local!, image.Repository);
        var wanted = image.Digest ?? pin;
        if ((pin is not null && digest != pin) || (image.Digest is not null && digest is not null && digest != image.Digest))
        {
            throw new LifecycleException(LifecycleReason.DigestMismatch, $"{image} is {digest ?? "an image without a digest"} and not {wanted}, to which it is pinned. Look into what has changed there before you change the pin.");
        }

        if (digest is null)
        {
            return new ResolvedImage(image, local!.ID, local.ID, null);
        }

        var exact = new ImageReference(image.Repository, null, digest);
        var there = await host.Docker.FindImageAsync(exact.ToString(), cancellationToken) is not null;
        return new ResolvedImage(image, digest, exact.ToString(), there ? null : image with { Digest = digest });
    }

    /// <summary>Looks whether there is room for it.</summary>
    /// <param name="host">Where.</param>
    /// <param name="before">The image that it replaces, by which its size is guessed; null: nothing is known.</param>
    /// <param name="cancellationToken">Gives it up.</param>
    public static async Task CheckRoomAsync(EngineHost host, string? before, CancellationToken cancellationToken)
    {
        var info = await host.Docker.InfoAsync(cancellationToken);
        if (!host.Address.IsLocal || info.DockerRootDir is not { Length: > 0 } root || !Directory.Exists(root))
        {
            return;
        }

        var size = before is null ? 0 : (await host.Docker.FindImageAsync(before, cancellationToken))?.Size ?? 0;
        var (need, free) = (Math.Max(LeastRoom, size), new DriveInfo(root).AvailableFreeSpace);
        if (free < need)
        {
            throw new LifecycleException(LifecycleReason.DiskFull, FormattableString.Invariant($"{host.Node.Name} has {free >> 20} MiB free in {root}, and the image may need {need >> 20} MiB. Make room, for instance with docker image prune."));
        }
    }

    /// <summary>Pulls it where it is not on the node already.</summary>
    public static async Task PullAsync(EngineHost host, ResolvedImage image, OperationReport report, CancellationToken cancellationToken)
    {
        if (image.Pull is not { } pull)
        {
            return;
        }

        report.Tell(LifecyclePhase.Pulling, $"Pulling {image.Reference}.");
        await host.Docker.PullAsync(pull, Progress, cancellationToken);
        if (await host.Docker.FindImageAsync(image.CreateFrom, cancellationToken) is not { } pulled || DigestOf(pulled, pull.Repository, image.Digest) != image.Digest)
        {
            throw new LifecycleException(LifecycleReason.DigestMismatch, $"What was pulled as {pull} has not the digest {image.Digest}. It is not used.");
        }

        void Progress(long bytes, long total) =>
            report.Tell(LifecyclePhase.Pulling, FormattableString.Invariant($"Pulling {image.Reference}: {bytes >> 20} of {total >> 20} MiB."), total == 0 ? 0 : (double)bytes / total, bytes, total);
    }

    private static async Task<(string? Digest, DockerException? Reason)> RegistryAsync(EngineHost host, ImageReference image, CancellationToken cancellationToken)
    {
        try
        {
            return (await host.Docker.DigestAsync(image, cancellationToken), null);
        }
        catch (DockerException e) when (e.Fault is DockerFault.NotFound or DockerFault.RegistryAway or DockerFault.Denied or DockerFault.Late or DockerFault.Refused)
        {
            return (null, e);
        }
    }

    private static string? DigestOf(ImageInspectResponse image, string repository, string? wanted = null)
    {
        // Docker shortens the names of its own registry.
        var digests = (image.RepoDigests ?? []).Where(name => Shorten(name.Split('@')[0]) == Shorten(repository)).Select(name => name.Split('@')[1]).ToArray();
        return digests.Contains(wanted) ? wanted : digests.FirstOrDefault();
    }

    private static string Shorten(string repository)
    {
        var name = repository.StartsWith("docker.io/", StringComparison.Ordinal) ? repository["docker.io/".Length..] : repository;
        return name.StartsWith("library/", StringComparison.Ordinal) ? name["library/".Length..] : name;
    }
}
