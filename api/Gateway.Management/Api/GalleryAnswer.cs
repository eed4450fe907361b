using System.Text.Json;
using Gateway.Core.Configuration;
using Gateway.Engines;
using Gateway.Management.Galleries;

namespace Gateway.Management.Api;

/// <summary>How galleries and their entries look from outside.</summary>
internal static class GalleryAnswer
{
    /// <param name="json">Gets the members of one entry.</param>
    /// <param name="entry">Which.</param>
    /// <param name="installed">It is installed somewhere.</param>
    /// <param name="obstacle">Why it cannot be installed on any node here; null: it can.</param>
    public static void Write(Utf8JsonWriter json, GalleryEntry entry, bool installed, string? obstacle)
    {
        json.WriteString("name"u8, entry.Name);
        json.WriteString("description"u8, entry.Description);
        Answer.Optional(json, "license", entry.License);
        Answer.Optional(json, "icon", entry.Icon);
        Answer.Texts(json, "urls", entry.Urls);
        Answer.Texts(json, "tags", entry.Tags);
        json.WriteStartObject("gallery"u8);
        json.WriteString("url"u8, SettingParsers.WithoutSecrets(entry.Gallery.Url));
        json.WriteString("name"u8, entry.Gallery.Name);
        json.WriteEndObject();
        json.WriteBoolean("installed"u8, installed);
        Answer.Optional(json, "alias", entry.Alias);
        Answer.Optional(json, "uri", entry.Uri);
        if (entry.Capabilities.Count > 0)
        {
            Answer.Pairs(json, "capabilities", entry.Capabilities);
        }

        // Beyond what other servers of this API tell.
        json.WriteBoolean("meta"u8, entry.IsMeta);
        json.WriteString("kind"u8, entry.Kind);
        json.WriteString("modality"u8, entry.Kind is null ? null : Modality.Of(EngineCatalog.Find(entry.Kind)!));
        json.WriteString("accelerator"u8, entry.IsMeta ? null : BuiltInGallery.Word(entry.Accelerator));
        json.WriteString("version"u8, entry.Version);
        json.WriteString("model"u8, entry.Model);
        json.WriteBoolean("installable"u8, obstacle is null);
        Answer.Optional(json, "reason", obstacle);
    }

    public static void Write(Utf8JsonWriter json, GalleryReport report)
    {
        json.WriteString("url"u8, SettingParsers.WithoutSecrets(report.Source.Url));
        json.WriteStartArray("mirrors"u8);
        json.WriteEndArray();
        json.WriteString("name"u8, report.Source.Name);
        json.WriteStartObject("verification"u8);
        json.WriteEndObject();
        json.WriteNumber("entries"u8, report.Entries);
        Answer.Texts(json, "faults", report.Faults);
        if (report.ReadAt is { } at)
        {
            json.WriteString("read_at"u8, at);
        }
    }
}
