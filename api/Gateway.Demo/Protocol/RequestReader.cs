using System.Text.Json;

namespace Gateway.Demo.Protocol;

/// <summary>Reads the members of a request and keeps the first thing that is wrong with them.</summary>
internal sealed class RequestReader(JsonElement root)
{
    public JsonElement Root { get; } = root;

    public DemoError? Fault { get; private set; }

    public JsonElement? Member(string name) => Root.Member(name);

    public void Fail(string param, string message) => Fault ??= DemoError.Invalid(param, message);

    public string? Text(string name)
    {
        var value = Member(name);
        if (value is { ValueKind: not JsonValueKind.String })
        {
            Fail(name, $"`{name}` must be a string.");
            return null;
        }

        return value?.GetString();
    }

    public bool Flag(string name)
    {
        var value = Member(name);
        if (value is { ValueKind: not (JsonValueKind.True or JsonValueKind.False) })
        {
            Fail(name, $"`{name}` must be true or false.");
        }

        return value is { ValueKind: JsonValueKind.True };
    }

    public int? Count(string name, int least, int most)
    {
        if (Member(name) is not { } value)
        {
            return null;
        }

        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var count) && count >= least && count <= most)
        {
            return count;
        }

        Fail(name, most == int.MaxValue ? $"`{name}` must be a whole number of {least} or more." : $"`{name}` must be a whole number from {least} to {most}.");
        return null;
    }

    /// <summary>One text or a list of them.</summary>
    public IReadOnlyList<string> Texts(string name)
    {
        var value = Member(name);
        switch (value?.ValueKind)
        {
            case null:
                return [];
            case JsonValueKind.String:
                return [value.Value.GetString()!];
            case JsonValueKind.Array when value.Value.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String):
                return [.. value.Value.EnumerateArray().Select(item => item.GetString()!)];
            default:
                Fail(name, $"`{name}` must be a string or a list of strings.");
                return [];
        }
    }
}
