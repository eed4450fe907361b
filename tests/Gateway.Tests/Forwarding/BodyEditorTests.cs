using System.Text;
using Gateway.Engines;
using Gateway.Engines.Endpoints;
using Xunit;

namespace Gateway.Tests.Forwarding;

/// <summary>Each kind of change that a profile or a route can ask for, and that nothing else changes.</summary>
public sealed class BodyEditorTests
{
    [Theory]
    [InlineData("""{"a":1}""", """{"a":1,"stream_options":{"include_usage":true}}""", true)]
    [InlineData("""{"stream_options":null,"a":1}""", """{"stream_options":{"include_usage":true},"a":1}""", true)]
    [InlineData("""{"stream_options":{}}""", """{"stream_options":{"include_usage":true}}""", true)]
    [InlineData("""{"stream_options": { } }""", """{"stream_options": { "include_usage":true} }""", true)]
    [InlineData("""{"stream_options":{"include_usage":false},"a":1}""", """{"stream_options":{"include_usage":true},"a":1}""", true)]
    [InlineData("""{"stream_options":{"include_usage":null}}""", """{"stream_options":{"include_usage":true}}""", true)]
    [InlineData("""{"stream_options":{"x": 1,"include_usage" : false}}""", """{"stream_options":{"x": 1,"include_usage" : true}}""", true)]
    [InlineData("""{"stream_options":{"continuous_usage_stats":true}}""", """{"stream_options":{"continuous_usage_stats":true,"include_usage":true}}""", true)]
    [InlineData("""{"stream_options":{"include_usage":true}}""", null, false)]
    [InlineData("""{"stream_options":{"include_usage" : true , "x":1}}""", null, false)]
    // What is no boolean is for the engine to judge: some take 1 for true, and that caller asked.
    [InlineData("""{"stream_options":{"include_usage":1}}""", null, false)]
    [InlineData("""{"stream_options":{"include_usage":"yes"}}""", null, false)]
    [InlineData("""{"stream_options":"x"}""", null, false)]
    [InlineData("""{"stream_options":[]}""", null, false)]
    [InlineData("""{"stream_options":7}""", null, false)]
    public void AskUsage_StreamOptions_AreCompletedAndOtherwiseLeft(string body, string? expected, bool asked) =>
        Assert.Equal((asked, expected ?? body), Editing.AskUsage(body));

    [Fact]
    public void AskUsage_OptionsDroppedByTheProfile_AreGivenAgain() =>
        Assert.Equal(
            (true, """{"stream_options":{"include_usage":true},"n":1}"""),
            Editing.AskUsage("""{"stream_options":null,"n":1}""", new RequestDialect { Fixes = [FieldFix.DropNull("stream_options", "It is refused.")] }));

    [Theory]
    [InlineData("""{"priority":1,"model":"m"}""", """{"model":"m"}""")]
    [InlineData("""{"model":"m", "priority" : {"x":[1]} , "n":1}""", """{"model":"m" , "n":1}""")]
    [InlineData("""{"priority":1,"priority":2,"n":1}""", """{"n":1}""")]
    [InlineData("""{"pri\u006frity":1,"n":1}""", """{"n":1}""")]
    // An engine that reads names without regard to case would take these too.
    [InlineData("""{"Priority":1,"n":1}""", """{"n":1}""")]
    [InlineData("""{"cache_\u017Falt":"x","CACHE_SALT":"y","n":1}""", """{"n":1}""")]
    [InlineData("""{"bootstrap_host":"a","bootstrap_":1,"Bootstrap_Room":2,"bootstrap":3}""", """{"bootstrap":3}""")]
    [InlineData("""{"metadata":{"servers":[1],"user":"u"}}""", """{"metadata":{"user":"u"}}""")]
    [InlineData("""{"metadata":{"servers":[1],"assistant":2}}""", """{"metadata":{}}""")]
    [InlineData("""{"metadata":{"Servers":1,"s\u0065rvers":2,"servers":3}}""", """{"metadata":{}}""")]
    [InlineData("""{"metadata":{},"metadata":{"servers":[1]}}""", """{"metadata":{},"metadata":{}}""")]
    [InlineData("""{"metadata":{"servers":1},"METADATA":{"x":1,"servers":[1]}}""", """{"metadata":{},"METADATA":{"x":1}}""")]
    [InlineData("""{"metadata":"servers","n":{"servers":1}}""", null)]
    [InlineData("""{"metadata":[{"servers":1}]}""", null)]
    [InlineData("""{"messages":[{"priority":1}],"prioritys":1,"priorit":2,"x":{"metadata":{"servers":1}}}""", null)]
    public void Edit_SteeringMembers_AreLeftOut(string body, string? expected) =>
        Assert.Equal(expected ?? body, Editing.Edit(new RequestDialect { StripFields = ["priority", "cache_salt", "bootstrap_*", "metadata.servers", "metadata.assistant"] }, body));

    [Theory]
    [InlineData("""{"max_completion_tokens":5}""", """{"max_completion_tokens":5,"max_tokens":5}""", """{"max_tokens":5}""")]
    [InlineData("""{"max_completion_tokens": 5 ,"n":1}""", """{"max_completion_tokens": 5 ,"n":1,"max_tokens":5}""", """{"n":1,"max_tokens":5}""")]
    [InlineData("""{"max_tokens":3,"max_completion_tokens":5}""", """{"max_tokens":3,"max_completion_tokens":5}""", """{"max_tokens":3}""")]
    [InlineData("""{"max_tokens":null,"max_completion_tokens":5}""", """{"max_tokens":5,"max_completion_tokens":5}""", """{"max_tokens":5}""")]
    [InlineData("""{"max_completion_tokens":null}""", null, null)]
    [InlineData("""{"max_tokens":3}""", null, null)]
    public void Edit_Copies_GiveTheNameTheEngineReads(string body, string? kept, string? moved)
    {
        Assert.Equal(kept ?? body, Editing.Edit(Copying(keep: true), body));
        Assert.Equal(moved ?? body, Editing.Edit(Copying(keep: false), body));
        Assert.Equal(body, Editing.Edit(Copying(keep: false), body, endpoint: EndpointId.Completions));
    }

    [Fact]
    public void Edit_CopyOfAStrippedMember_IsNotMade() =>
        Assert.Equal("""{"n":1}""", Editing.Edit(Copying(keep: true) with { StripFields = ["max_completion_tokens"] }, """{"max_completion_tokens":5,"n":1}"""));

    [Theory]
    [InlineData("""{"tools":[],"n":1}""", """{"n":1}""")]
    [InlineData("""{"tools": [ ] }""", "{ }")]
    [InlineData("""{"tools":null}""", "{}")]
    [InlineData("""{"tools":[1]}""", null)]
    [InlineData("""{"tools":[1],"tools":[],"Tools":null}""", """{"tools":[1]}""")]
    [InlineData("""{"stop":"x"}""", """{"stop":["x"]}""")]
    [InlineData("""{"stop": "x" , "n":1}""", """{"stop": ["x"] , "n":1}""")]
    [InlineData("""{"stop":["x"]}""", null)]
    [InlineData("""{"nested":{"tools":[],"stop":"x"}}""", null)]
    public void Edit_Fixes_ApplyToTheirMember(string body, string? expected)
    {
        Assert.Equal(expected ?? body, Editing.Edit(Fixing, body));
        Assert.Equal(body, Editing.Edit(Fixing, body, endpoint: EndpointId.Embeddings));
    }

    [Theory]
    [InlineData("""{"model":"alias","n":1}""", """{"model":"org/real:8b","n":1}""")]
    [InlineData("""{"n":1, "model" : null }""", """{"n":1, "model" : "org/real:8b" }""")]
    [InlineData("""{"n":1}""", """{"n":1,"model":"org/real:8b"}""")]
    [InlineData("{}", """{"model":"org/real:8b"}""")]
    [InlineData("""{"mod\u0065l":"alias"}""", """{"mod\u0065l":"org/real:8b"}""")]
    [InlineData("""{"x":{"model":"alias"}}""", """{"x":{"model":"alias"},"model":"org/real:8b"}""")]
    public void Edit_SendModel_NamesTheModel(string body, string expected) => Assert.Equal(expected, Editing.Edit(new(), body, "org/real:8b"));

    [Fact]
    public void Edit_ModelWithQuotes_IsEscaped() => Assert.Equal("""{"model":"a\u0022b\\c"}""", Editing.Edit(new(), """{"model":"x"}""", "a\"b\\c"));

    [Theory]
    [InlineData("""{ "model" : "m",  "x_unknown":{"a":[1.0,1e2,-0]},"messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"data:image/png;base64,AA=="}}]}] , "ünï":"\ud83d\ude00\/\u0000" }""")]
    [InlineData("""{"n":12345678901234567890.10,"n":2,"":"","seed":1E+400}""")]
    public void Edit_NothingToEdit_IsByteForByte(string body) => Assert.All(EngineCatalog.All, profile => Assert.Equal(body, Editing.Edit(profile.Requests, body)));

    public static TheoryData<string, string> HostileValues
    {
        get
        {
            string[] values =
            [
                "null", "true", "0", "-1e999", "\"\"", "\"x\"", "\"\\ud800\"", "\"\\u0000\"", "{}", "[]", "[[]]", "[{}]", "[null]", "[\"\\udfff\"]",
                "{\"type\":\"\\ud800\"}", "{\"\\ud800\":1}", "[{\"type\":\"\\ud800\"}]", "[{\"\\ud800\":{}}]", "[{\"type\":1,\"function\":7}]", "[{\"function\":{\"\\ud800\":null,\"strict\":null}}]",
                "{\"type\":\"json_schema\"}", "{\"type\":\"json_schema\",\"json_schema\":null}", "{\"type\":\"json_schema\",\"json_schema\":{\"schema\":null}}", "{\"type\":\"json_object\",\"type\":\"text\"}",
                new string('[', 400) + new string(']', 400),
                "[{\"type\":\"function\",\"function\":{\"name\":\"f\",\"strict\":null,\"deep\":" + new string('[', 400) + new string(']', 400) + "}}]",
            ];
            var rows = new TheoryData<string, string>();
            foreach (var profile in EngineCatalog.All)
            {
                foreach (var value in values)
                {
                    rows.Add(profile.Id, value);
                }
            }

            return rows;
        }
    }

    // A caller's value is no reason to fail, and what comes out is JSON.
    [Theory]
    [MemberData(nameof(HostileValues))]
    public void Edit_AnyValueUnderAnyName_IsSurvivedByEveryProfile(string engine, string value)
    {
        var dialect = EngineCatalog.Find(engine)!.Requests;
        var names = dialect.Fixes.Select(fix => fix.Field).Concat(dialect.Copies.Select(copy => copy.From)).Concat(dialect.StripFields.Select(field => field.Split('.', '*')[0])).Distinct();
        var body = "{" + string.Join(',', names.Append("x").Select(name => $"\"{name}\":{value}")) + "}";

        foreach (var endpoint in EndpointCatalog.All.Where(spec => spec.Model == ModelLocation.Json))
        {
            Assert.Contains("\"x\":", Editing.Edit(dialect, body, endpoint: endpoint.Id), StringComparison.Ordinal);
        }
    }

    private static RequestDialect Copying(bool keep) =>
        new() { Copies = [new FieldCopy("max_completion_tokens", "max_tokens", keep, "It reads the older name.", EndpointId.ChatCompletions)] };

    private static RequestDialect Fixing => new()
    {
        Fixes =
        [
            FieldFix.DropNullOrEmptyArray("tools", "It is refused.", EndpointId.ChatCompletions),
            new FieldFix("stop", static value => value[0] == '"' ? FieldEdit.Replace(Encoding.UTF8.GetBytes($"[{Encoding.UTF8.GetString(value)}]")) : FieldEdit.Keep, "A list is due.", [EndpointId.ChatCompletions]),
        ],
    };
}
