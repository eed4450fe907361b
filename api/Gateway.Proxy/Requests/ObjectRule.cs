using System.Text.Json;
using Gateway.Engines;
using Gateway.Engines.Endpoints;

namespace Gateway.Proxy.Requests;

/// <summary>Stored objects (files, responses, conversations, …) are shared by all callers of an engine: a key may be denied them.</summary>
/// <remarks>Then neither their routes nor references in requests are allowed.</remarks>
internal static class ObjectRule
{
    /// <summary>References that stand at the top of a request.</summary>
    private static readonly byte[][] AtTop = [[.. "previous_response_id"u8], [.. "conversation"u8], [.. "container"u8], [.. "thread_id"u8], [.. "assistant_id"u8]];

    /// <summary>References that stand anywhere in a request.</summary>
    private static readonly byte[][] Anywhere =
        [[.. "file_id"u8], [.. "file_ids"u8], [.. "input_file_id"u8], [.. "vector_store_id"u8], [.. "vector_store_ids"u8], [.. "previous_response_id"u8], [.. "container"u8]];

    /// <summary>What one of them, or a name with escapes, cannot do without.</summary>
    private static readonly byte[][] Marks =
        [[.. "file_id"u8], [.. "vector_store_id"u8], [.. "previous_response_id"u8], [.. "container"u8], [.. "item_reference"u8], [.. "FILE"u8], [.. "File"u8], [.. "\\u00"u8]];

    /// <summary>The route leads to stored objects.</summary>
    public static bool IsClosed(HttpRequest request, EndpointSpec endpoint) => endpoint.StoredObjects || (endpoint.WebSocket && request.Query.ContainsKey("call_id"));

    /// <summary>Finds a reference to a stored object.</summary>
    /// <param name="members">The request.</param>
    /// <param name="stored">The engine keeps files and their like; else only responses may be stored.</param>
    /// <returns>Its path; null when there is none.</returns>
    public static string? Reference(JsonMembers members, bool stored)
    {
        foreach (var member in members.All)
        {
            if (member.Kind != JsonTokenType.Null && IsOneOf(member.Name.Span, AtTop))
            {
                return JsonPath.Of(members.Body.Span, member.ValueStart, MediaGuard.Options);
            }
        }

        return stored ? Reference(members.Body.Span) : null;
    }

    /// <summary>Finds a reference at any place of a JSON text.</summary>
    public static string? Reference(ReadOnlySpan<byte> body)
    {
        if (!HasMark(body))
        {
            return null;
        }

        var reader = new Utf8JsonReader(body, MediaGuard.Options);
        while (reader.Read())
        {
            if (reader.TokenType != JsonTokenType.PropertyName)
            {
                continue;
            }

            var name = MediaGuard.Text(ref reader);
            if (MediaGuard.NameKind(name, MediaFields.Common) == MediaName.Apart)
            {
                reader.Skip();
                continue;
            }

            var refers = IsOneOf(name, Anywhere);
            var isType = FoldedName.Equal(name, "type"u8);
            reader.Read();
            if ((refers && IsReference(in reader)) || (isType && reader.TokenType == JsonTokenType.String && MediaGuard.Text(ref reader).SequenceEqual("item_reference"u8)))
            {
                return JsonPath.Of(body, (int)reader.TokenStartIndex, MediaGuard.Options);
            }
        }

        return null;
    }

    // A list of ids, or an id. An object says more, and is read on.
    private static bool IsReference(in Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.String)
        {
            return !reader.ValueSpan.IsEmpty;
        }

        var after = reader;
        return reader.TokenType == JsonTokenType.StartArray && after.Read() && after.TokenType != JsonTokenType.EndArray;
    }

    private static bool HasMark(ReadOnlySpan<byte> body)
    {
        foreach (var mark in Marks)
        {
            if (body.IndexOf(mark) >= 0)
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsOneOf(ReadOnlySpan<byte> name, byte[][] names)
    {
        foreach (var one in names)
        {
            if (FoldedName.Equal(name, one))
            {
                return true;
            }
        }

        return false;
    }
}
