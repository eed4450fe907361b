using Gateway.Core.Configuration;
using Gateway.Management.Galleries;
using Gateway.Management.Lifecycle;

namespace Gateway.Management.Operations;

/// <summary>What is kept with an installed engine, so that a later process knows where it came from.</summary>
internal static class EngineMetadata
{
    private const string Job = "job";
    private const string Entry = "entry";
    private const string Meta = "meta";
    private const string Gallery = "gallery_url";
    private const string Alias = "alias";
    private const string Version = "version";
    private const string Uri = "uri";

    /// <param name="job">Id of the job that puts it there.</param>
    /// <param name="asked">The entry that was asked for.</param>
    /// <param name="chosen">The entry that is installed: the same one, or the one that it chose.</param>
    /// <param name="alias">As the request has it.</param>
    public static Dictionary<string, string> Of(string job, GalleryEntry asked, GalleryEntry chosen, string? alias)
    {
        var metadata = new Dictionary<string, string> { [Job] = job, [Entry] = chosen.Name, [Gallery] = SettingParsers.WithoutSecrets(chosen.Gallery.Url), [Uri] = chosen.Uri! };
        if (asked.IsMeta)
        {
            metadata[Meta] = asked.Name;
        }

        if ((alias ?? asked.Alias) is { Length: > 0 } name)
        {
            metadata[Alias] = name;
        }

        if (chosen.Version is { } version)
        {
            metadata[Version] = version;
        }

        return metadata;
    }

    /// <summary>The same engine put there by another job.</summary>
    public static Dictionary<string, string> Again(IReadOnlyDictionary<string, string> before, string job, string? uri, string? version)
    {
        var metadata = new Dictionary<string, string>(before) { [Job] = job };
        if (uri is not null)
        {
            metadata[Uri] = uri;
        }

        if (version is not null)
        {
            metadata[Version] = version;
        }

        return metadata;
    }

    public static string? JobOf(InstalledEngine engine) => engine.Metadata.GetValueOrDefault(Job);

    public static string? EntryOf(InstalledEngine engine) => engine.Metadata.GetValueOrDefault(Entry);

    public static string? MetaOf(InstalledEngine engine) => engine.Metadata.GetValueOrDefault(Meta);

    public static string? GalleryOf(InstalledEngine engine) => engine.Metadata.GetValueOrDefault(Gallery);

    public static string? AliasOf(InstalledEngine engine) => engine.Metadata.GetValueOrDefault(Alias);

    public static string? UriOf(InstalledEngine engine) => engine.Metadata.GetValueOrDefault(Uri);

    /// <summary>The gallery's word for it, else the image's tag.</summary>
    public static string VersionOf(InstalledEngine engine) =>
        engine.Metadata.GetValueOrDefault(Version) ?? Docker.ImageReference.Parse(engine.Image)?.Tag ?? "";
}
