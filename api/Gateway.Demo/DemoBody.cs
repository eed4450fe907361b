using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Text.Unicode;

namespace Gateway.Demo;

/// <summary>What every request with a body says.</summary>
internal interface IModelRequest
{
    string? Model { get; }
}

/// <summary>Reads the body of a request.</summary>
internal static class DemoBody
{
    public static async Task<(T? Request, DemoError? Error)> ReadAsync<T>(HttpContext context, JsonTypeInfo<T> type)
        where T : class, IModelRequest
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        return Read(body.GetBuffer().AsSpan(0, (int)body.Length), type);
    }

    private static (T? Request, DemoError? Error) Read<T>(ReadOnlySpan<byte> body, JsonTypeInfo<T> type)
        where T : class, IModelRequest
    {
        if (!IsJson(body))
        {
            return (null, DemoError.Invalid(null, "The request body is not valid JSON."));
        }

        try
        {
            return JsonSerializer.Deserialize(body, type) switch
            {
                null => (null, NotAnObject),
                { Model: not (null or DemoModel.Id) } other => (null, DemoError.UnknownModel(other.Model)),
                var request => (request, null),
            };
        }
        catch (JsonException e)
        {
            // The path is like $.messages[0].role: its first name is the member.
            var member = e.Path?.Split('.', '[') is [_, var name, ..] ? name : null;
            return (null, member is null ? NotAnObject : DemoError.Invalid(member, $"`{member}` has a value of the wrong type."));
        }
    }

    private static DemoError NotAnObject => DemoError.Invalid(null, "The request body must be a JSON object.");

    /// <summary>By its grammar, and in every text: an escaped half of a surrogate pair cannot be read later.</summary>
    private static bool IsJson(ReadOnlySpan<byte> body)
    {
        var reader = new Utf8JsonReader(body);
        try
        {
            while (reader.Read())
            {
                if (reader.ValueIsEscaped)
                {
                    _ = reader.GetString();
                }
            }

            return Utf8.IsValid(body);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return false;
        }
    }
}
