using System.Text.Json;
using Gateway.Demo.Answers;
using Xunit;

namespace Gateway.Tests.Demo;

public sealed class SchemaFillerTests
{
    [Theory]
    [InlineData("{}", "{}")]
    [InlineData("true", "{}")]
    [InlineData("""{"type":"string"}""", "\"demo\"")]
    [InlineData("""{"type":["null","string"]}""", "\"demo\"")]
    [InlineData("""{"type":"null"}""", "null")]
    [InlineData("""{"type":"boolean"}""", "true")]
    [InlineData("""{"const":{"a":[1]}}""", """{"a":[1]}""")]
    [InlineData("""{"enum":["b","a"]}""", "\"b\"")]
    [InlineData("""{"type":["string","null"],"enum":[null,"a"]}""", "null")]
    [InlineData("""{"type":"string","minLength":6}""", "\"demo..\"")]
    [InlineData("""{"type":"string","maxLength":2}""", "\"de\"")]
    [InlineData("""{"type":"string","format":"date"}""", "\"2026-01-01\"")]
    [InlineData("""{"format":"uuid"}""", "\"00000000-0000-4000-8000-000000000000\"")]
    [InlineData("""{"type":"string","format":"unheard-of"}""", "\"demo\"")]
    public void Fill_PlainValue_IsOfItsKind(string schema, string expected) => AssertFilled(schema, expected);

    [Theory]
    [InlineData("""{"type":"integer"}""", "1")]
    [InlineData("""{"type":"number","minimum":2.5}""", "3")]
    [InlineData("""{"type":"integer","minimum":2.5}""", "3")]
    [InlineData("""{"type":"integer","maximum":-4}""", "-4")]
    [InlineData("""{"type":"number","exclusiveMinimum":0,"exclusiveMaximum":1}""", "0.5")]
    [InlineData("""{"type":"integer","exclusiveMinimum":1}""", "2")]
    [InlineData("""{"type":"integer","minimum":10,"multipleOf":4}""", "12")]
    [InlineData("""{"type":"number","minimum":0.1,"maximum":0.4,"multipleOf":0.25}""", "0.25")]
    [InlineData("""{"type":"integer","exclusiveMaximum":0}""", "-1")]
    public void Fill_Number_IsWithinItsBounds(string schema, string expected) => AssertFilled(schema, expected);

    [Theory]
    [InlineData("""{"type":"object","properties":{"a":{"type":"string"},"b":{"type":"integer"}},"required":["b"]}""", """{"b":1}""")]
    [InlineData("""{"type":"object","properties":{"a":{"type":"string"},"b":{"type":"integer"}}}""", """{"a":"demo","b":1}""")]
    [InlineData("""{"type":"object","properties":{"a":{"type":"string"}},"required":[]}""", "{}")]
    [InlineData("""{"required":["x"],"additionalProperties":{"type":"integer"}}""", """{"x":1}""")]
    [InlineData("""{"properties":{"a":{"properties":{"b":{"items":{"type":"integer"}}}}}}""", """{"a":{"b":[1]}}""")]
    [InlineData("""{"type":"array","items":{"type":"boolean"},"minItems":3}""", "[true,true,true]")]
    [InlineData("""{"type":"array","items":{"type":"boolean"},"maxItems":0}""", "[]")]
    [InlineData("""{"type":"array","prefixItems":[{"type":"integer"},{"type":"string"}]}""", """[1,"demo"]""")]
    public void Fill_ObjectOrArray_HasWhatIsDue(string schema, string expected) => AssertFilled(schema, expected);

    [Theory]
    [InlineData("""{"$ref":"#/$defs/a","$defs":{"a":{"type":"integer"}}}""", "1")]
    [InlineData("""{"$ref":"#/$defs/a~1b%20c","$defs":{"a/b c":{"type":"integer"}}}""", "1")]
    [InlineData("""{"$ref":"#/definitions/a","definitions":{"a":{"$ref":"#/definitions/b"},"b":{"const":7}}}""", "7")]
    [InlineData("""{"anyOf":[{"type":"null"},{"type":"integer"}]}""", "1")]
    [InlineData("""{"oneOf":[false,{"type":"integer"}]}""", "1")]
    [InlineData("""{"anyOf":[{"type":"null"}]}""", "null")]
    [InlineData("""{"allOf":[{"properties":{"a":{"type":"integer"}},"required":["a"]},{"properties":{"b":{"type":"boolean"}},"required":["b"]}]}""", """{"a":1,"b":true}""")]
    [InlineData("""{"type":"object","properties":{"a":{},"b":{}},"anyOf":[{"required":["b"]},{"required":["a"]}]}""", """{"b":"demo"}""")]
    public void Fill_SchemaOfParts_KeepsAllOfThem(string schema, string expected) => AssertFilled(schema, expected);

    // Such schemas come from types that contain themselves: lists, trees, expressions.
    [Theory]
    [InlineData("""{"type":"object","properties":{"value":{"type":"integer"},"next":{"anyOf":[{"$ref":"#"},{"type":"null"}]}},"required":["value","next"]}""")]
    [InlineData("""{"type":"object","properties":{"children":{"type":"array","items":{"$ref":"#"}}},"required":["children"]}""")]
    [InlineData("""{"type":"object","properties":{"self":{"$ref":"#"}}}""")]
    [InlineData("""{"$ref":"#/$defs/e","$defs":{"e":{"anyOf":[{"$ref":"#/$defs/sum"},{"type":"number"}]},"sum":{"type":"object","properties":{"left":{"$ref":"#/$defs/e"},"right":{"$ref":"#/$defs/e"}},"required":["left","right"]}}}""")]
    [InlineData("""{"type":"object","properties":{"next":{"type":["object","null"],"$ref":"#"}},"required":["next"]}""")]
    public void Fill_SchemaThatContainsItself_ComesToAnEnd(string schema)
    {
        var (json, fault) = Fill(schema);

        Assert.Null(fault);
        Assert.InRange(json!.Length, 2, 2000);
        JsonSerializer.Deserialize<JsonElement>(json);
    }

    [Theory]
    [InlineData("false")]
    [InlineData("""{"$ref":"#/$defs/nowhere"}""")]
    [InlineData("""{"$ref":"https://example.com/schema"}""")]
    [InlineData("""{"$ref":"#anchor"}""")]
    [InlineData("""{"$ref":"#"}""")]
    [InlineData("""{"allOf":[{"$ref":"#"}]}""")]
    [InlineData("""{"type":"integer","minimum":1,"maximum":0}""")]
    [InlineData("""{"type":"integer","exclusiveMinimum":0,"exclusiveMaximum":1}""")]
    [InlineData("""{"type":"string","minLength":1000000000}""")]
    [InlineData("""{"type":"array","minItems":1e300}""")]
    [InlineData("""{"type":"object","properties":{"self":{"$ref":"#"}},"required":["self"]}""")]
    public void Fill_NoSuchValue_SaysWhy(string schema)
    {
        var (json, fault) = Fill(schema);

        Assert.Null(json);
        Assert.EndsWith(".", fault, StringComparison.Ordinal);
    }

    // Ten members of ten members of ten members …: a small schema whose value would fill the memory.
    [Fact]
    public void Fill_SchemaThatMultiplies_IsRefused()
    {
        var levels = Enumerable.Range(0, 9).Select(level =>
        {
            var names = Enumerable.Range(0, 10).Select(name => $"\"p{name}\"").ToArray();
            var properties = names.Select(name => $$"""{{name}}:{"$ref":"#/$defs/l{{level + 1}}"}""");
            return $$""" "l{{level}}":{"type":"object","required":[{{string.Join(',', names)}}],"properties":{ {{string.Join(',', properties)}} } } """;
        });

        var (json, fault) = Fill($$"""{"$ref":"#/$defs/l0","$defs":{ {{string.Join(',', levels)}},"l9":{"type":"integer"} } }""");

        Assert.Null(json);
        Assert.NotNull(fault);
    }

    [Fact]
    public void Fill_NoSchema_IsAnObject() => Assert.Equal(("{}", null), SchemaFiller.Fill(null));

    private static void AssertFilled(string schema, string expected) => Assert.Equal((expected, null), Fill(schema));

    private static (string? Json, string? Fault) Fill(string schema) => SchemaFiller.Fill(JsonSerializer.Deserialize<JsonElement>(schema));
}
