using System.Text.Json;
using Gateway.Demo.Protocol;

namespace Gateway.Demo.Answers;

/// <summary>Everything that a schema says of one value: its own members, and those of what it refers to, combines and chooses.</summary>
internal sealed class SchemaNode
{
    private const int MostParts = 64;

    private readonly List<JsonElement> _parts = [];
    private readonly JsonElement _root;
    private readonly bool _simplest;

    /// <param name="root">The whole schema, in which references point.</param>
    /// <param name="schema">The part that describes the value.</param>
    /// <param name="simplest">Among alternatives the simplest is chosen, so that a schema that contains itself comes to an end.</param>
    public SchemaNode(JsonElement root, JsonElement schema, bool simplest)
    {
        _root = root;
        _simplest = simplest;
        Add(schema);
    }

    /// <summary>Why no value can be made, or null.</summary>
    public string? Fault { get; private set; }

    public JsonElement? Find(string name) => All(name).Select(value => (JsonElement?)value).FirstOrDefault();

    /// <summary>The member of each part that has it.</summary>
    public IEnumerable<JsonElement> All(string name) => _parts.Select(part => part.Member(name)).OfType<JsonElement>();

    /// <summary>The highest of a member's numbers, or null.</summary>
    public double? Highest(string name) => _parts.Max(part => part.Number(name));

    /// <summary>The lowest of a member's numbers, or null.</summary>
    public double? Lowest(string name) => _parts.Min(part => part.Number(name));

    /// <summary>The type that the value gets; <paramref name="otherwise"/> where the schema does not tell.</summary>
    public string TypeOr(string otherwise)
    {
        foreach (var type in All("type"))
        {
            var names = type.ValueKind == JsonValueKind.Array ? [.. type.EnumerateArray().Select(name => name.ToString())] : new[] { type.ToString() };
            var simple = _simplest ? Array.Find(names, name => name == "null") : null;
            return simple ?? Array.Find(names, name => name != "null") ?? "null";
        }

        return Infer() ?? otherwise;
    }

    private string? Infer()
    {
        (string Member, string Type)[] signs =
        [
            ("properties", "object"), ("required", "object"), ("items", "array"), ("prefixItems", "array"), ("minItems", "array"),
            ("minLength", "string"), ("format", "string"), ("minimum", "number"), ("maximum", "number"), ("multipleOf", "number"),
        ];
        return Array.Find(signs, sign => Find(sign.Member) is not null).Type;
    }

    private void Add(JsonElement schema)
    {
        if (schema.ValueKind == JsonValueKind.False)
        {
            Fault ??= "The schema allows no value in one place.";
        }

        if (schema.ValueKind != JsonValueKind.Object || Fault is not null)
        {
            return;
        }

        if (_parts.Count == MostParts)
        {
            Fault = "The schema refers to itself without end.";
            return;
        }

        _parts.Add(schema);
        if (schema.Text("$ref") is { } reference)
        {
            Add(Resolve(reference));
        }

        foreach (var part in schema.Items("allOf"))
        {
            Add(part);
        }

        AddChoice(schema, "anyOf");
        AddChoice(schema, "oneOf");
    }

    private void AddChoice(JsonElement schema, string name)
    {
        var branches = schema.Items(name).Where(branch => branch.ValueKind != JsonValueKind.False).ToArray();
        if (branches.Length > 0)
        {
            Add(_simplest ? branches.MinBy(Weight) : Array.Find(branches, branch => branch.Text("type") != "null") is { ValueKind: not JsonValueKind.Undefined } first ? first : branches[0]);
        }
    }

    private int Weight(JsonElement branch) => (branch.Text("$ref") is { } reference ? Resolve(reference) : branch).Text("type") switch
    {
        "null" => 0,
        "string" or "number" or "integer" or "boolean" => 1,
        "array" => 2,
        _ => 3,
    };

    private JsonElement Resolve(string reference)
    {
        var segments = Uri.UnescapeDataString(reference).Split('/');
        var target = segments[0] == "#" ? _root : default;
        foreach (var segment in segments.Skip(1))
        {
            target = Step(target, segment.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal)) ?? default;
        }

        if (target.ValueKind == JsonValueKind.Undefined)
        {
            Fault ??= $"The schema refers to {reference}, which is not in it.";
            return default;
        }

        return target;
    }

    private static JsonElement? Step(JsonElement target, string name) =>
        target.ValueKind == JsonValueKind.Array
            ? int.TryParse(name, out var index) && index >= 0 && index < target.GetArrayLength() ? target[index] : null
            : target.Member(name);
}
