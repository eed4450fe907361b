using System.Text;

namespace Gateway.Management.Docker;

/// <summary>The images of one Docker Engine, and those in registries that it can reach.</summary>
internal sealed class DockerImages(DockerClient docker, RegistryLogins logins)
{
    private static readonly TimeSpan Registry = TimeSpan.FromSeconds(45);
    private static readonly TimeSpan Silence = TimeSpan.FromMinutes(3);

    /// <param name="image">Name or id.</param>
    /// <param name="cancellationToken">Gives it up.</param>
    /// <returns>Null where it is not on this machine.</returns>
    public Task<ImageAnswer?> FindAsync(string image, CancellationToken cancellationToken) =>
        docker.FindAsync($"/images/{Escape(image)}/json", DockerJson.Default.ImageAnswer, cancellationToken);

    /// <summary>Asks the registry for the digest that a name stands for now.</summary>
    public async Task<string> DigestAsync(ImageReference image, CancellationToken cancellationToken)
    {
        var login = logins.Header(image);
        try
        {
            var answer = await docker.GetAsync($"/distribution/{Escape(image.ToString())}/json", DockerJson.Default.DistributionAnswer, cancellationToken, Registry, login);
            return answer.Descriptor?.Digest ?? throw new DockerException(DockerFault.Refused, $"The registry of {image} tells no digest.");
        }
        catch (DockerException e)
        {
            throw DockerErrors.OfImage(image, e.Message, login is not null, e);
        }
    }

    /// <summary>Pulls an image. Returns when it is whole.</summary>
    /// <param name="image">Which.</param>
    /// <param name="progress">Told bytes pulled, and bytes to pull as far as they are known.</param>
    /// <param name="cancellationToken">Gives it up; layers that are whole stay.</param>
    public async Task PullAsync(ImageReference image, Action<long, long> progress, CancellationToken cancellationToken)
    {
        var layers = new PulledLayers();
        var login = logins.Header(image);
        string? failure = null;
        try
        {
            using var answer = await docker.OpenAsync(HttpMethod.Post, $"/images/create?fromImage={Uri.EscapeDataString(image.Repository)}&tag={Uri.EscapeDataString(image.TagOrDigest)}", Registry * 2, cancellationToken, login);
            await using var stream = await answer.Content.ReadAsStreamAsync(cancellationToken);
            await foreach (var message in JsonLines.ReadAsync(stream, DockerJson.Default.PullMessage, Silence, docker.Clock, cancellationToken))
            {
                failure ??= message.Error;
                if (layers.Take(message))
                {
                    progress(layers.Current, layers.Total);
                }
            }
        }
        catch (DockerException e) when (e.Fault is DockerFault.Refused or DockerFault.NotFound or DockerFault.Conflict)
        {
            throw DockerErrors.OfImage(image, e.Message, login is not null, e);
        }

        if (failure is not null)
        {
            throw DockerErrors.OfImage(image, failure, login is not null);
        }

        if (await FindAsync(image.Digest is { } digest ? $"{image.Repository}@{digest}" : image.ToString(), cancellationToken) is null)
        {
            throw new DockerException(DockerFault.Broken, $"The pull of {image} ended, but the image is not there. Try again.");
        }
    }

    /// <summary>Takes a name away from an image, and the image with its last one.</summary>
    /// <exception cref="DockerException">A container is made from it.</exception>
    public Task RemoveAsync(string image, CancellationToken cancellationToken) => docker.DeleteAsync($"/images/{Escape(image)}", cancellationToken);

    // Slashes are a part of the path, the rest is not.
    private static string Escape(string image)
    {
        var path = new StringBuilder();
        foreach (var part in image.Split('/'))
        {
            path.Append(path.Length == 0 ? "" : "/").Append(Uri.EscapeDataString(part));
        }

        return path.ToString();
    }
}
