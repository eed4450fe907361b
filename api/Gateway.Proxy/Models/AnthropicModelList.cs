using System.Globalization;
using System.Text.Json;
using Gateway.Core.Configuration;
using Gateway.Core.Errors;
using Gateway.Proxy.Pipeline;

namespace Gateway.Proxy.Models;

/// <summary>The list of models as Anthropic's API gives it, in pages: for requests with the header <c>anthropic-version</c>.</summary>
internal static class AnthropicModelList
{
    private const int MostOnAPage = 1000;
    private const int MostShown = 200;

    public static Task WriteAsync(HttpContext context, ModelListEndpoint models, ClientKey? key)
    {
        ModelEntry[] all = [.. models.All(key)];
        var (page, more, error) = PageOf(context.Request.Query, all);
        return error is null ? WriteAsync(context, models, all[page], more) : Refusal.WriteAsync(context, error);
    }

    /// <summary>One model, alone or in a list.</summary>
    public static void Write(Utf8JsonWriter json, ModelEntry entry, DateTimeOffset createdAt)
    {
        json.WriteStartObject();
        json.WriteString("type"u8, "model"u8);
        json.WriteString("id"u8, entry.Id);
        json.WriteString("display_name"u8, entry.Id);
        json.WriteString("created_at"u8, createdAt.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
        if (entry.Model.MaxLength is { } length)
        {
            json.WriteNumber("max_input_tokens"u8, length);
        }

        json.WriteEndObject();
    }

    private static async Task WriteAsync(HttpContext context, ModelListEndpoint models, ModelEntry[] page, bool more)
    {
        context.Response.ContentType = "application/json";
        await using var json = new Utf8JsonWriter(context.Response.BodyWriter, GatewayJson.WriterOptions);
        json.WriteStartObject();
        json.WriteStartArray("data"u8);
        foreach (var entry in page)
        {
            Write(json, entry, models.CreatedAt(entry));
        }

        json.WriteEndArray();
        json.WriteBoolean("has_more"u8, more);
        json.WriteString("first_id"u8, page is [var first, ..] ? first.Id : null);
        json.WriteString("last_id"u8, page is [.., var last] ? last.Id : null);
        json.WriteEndObject();
    }

    // Anthropic's own page has 20 models. Many clients read the first page only, so without a limit it is as long as it may be.
    private static (Range Page, bool More, GatewayError? Error) PageOf(IQueryCollection query, ModelEntry[] all)
    {
        var limit = MostOnAPage;
        if (Given(query, "limit") is { } given && !(int.TryParse(given, NumberStyles.None, CultureInfo.InvariantCulture, out limit) && limit is >= 1 and <= MostOnAPage))
        {
            return Refused("limit", $"limit is '{Shown(given)}'. Give a whole number from 1 to {MostOnAPage}.");
        }

        var (after, before) = (Given(query, "after_id"), Given(query, "before_id"));
        if (after is not null && before is not null)
        {
            return Refused("before_id", "after_id and before_id are both given. Give one of them.");
        }

        var (start, end) = (0, all.Length);
        if ((after ?? before) is { } cursor)
        {
            var name = after is null ? "before_id" : "after_id";
            var place = Array.FindIndex(all, entry => entry.Id == cursor);
            if (place < 0)
            {
                return Refused(name, $"{name} is '{Shown(cursor)}', which is no model of this list. Give an id of it, or ask without {name}.");
            }

            (start, end) = after is null ? (0, place) : (place + 1, end);
        }

        var more = end - start > limit;
        return (before is null ? start..Math.Min(end, start + limit) : Math.Max(start, end - limit)..end, more, null);
    }

    private static string? Given(IQueryCollection query, string name) => query.TryGetValue(name, out var values) && values.ToString() is { Length: > 0 } value ? value : null;

    private static string Shown(string value) => value.Length > MostShown ? value[..MostShown] : value;

    private static (Range Page, bool More, GatewayError? Error) Refused(string name, string what) => (default, false, GatewayError.InvalidRequest(name, what));
}
