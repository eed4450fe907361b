using Xunit;

namespace Gateway.Tests.Configuration.Yaml;

/// <summary>Each thing that can be wrong in a file, and the message that leads to it.</summary>
public sealed class YamlFaultTests
{
    private const string A = "{name: a, kind: openai, url: \"http://a\"}";

    public static TheoryData<string, string> Rows => new()
    {
        // Names of settings.
        { "backend: []", "1:1: backend: unknown key. Did you mean 'backends'? There are backends, fallbacks, aliases, keys, on_demand." },
        { "backends:\n  - name: a\n    kind: openai\n    max_concurency: 1\n", "4:5: backends[0].max_concurency: unknown key. Did you mean 'max_concurrency'?" },
        { "backends: [{name: a, kind: openai, apikey: secret}]", "1:36: backends[0].apikey: unknown key. Did you mean 'api_key'?" },
        { "backends: [{name: a, kind: openai, deadlines: {ilde: 3}}]", "1:48: backends[0].deadlines.ilde: unknown key. Did you mean 'idle'? There are connect, headers, first_token, idle, total." },
        { "nothing-like-it: 1", "1:1: nothing-like-it: unknown key. There are backends" },
        { "Backends: []", "1:1: Backends: unknown key. Did you mean 'backends'?" },

        // Kinds of values.
        { "backends: 5", "1:11: backends: this is a single value, but a list is expected" },
        { "backends: {a: b}", "1:11: backends: this is a map of names to values, but a list is expected" },
        { "backends: []", "1:11: backends: the list is empty" },
        { "backends:\n", "1:10: backends: this is a single value, but a list is expected" },
        { "backends: [big]", "1:12: backends[0]: this is a single value, but name, kind, url" },
        { "backends: [{name: [a], kind: openai}]", "1:19: backends[0].name: this is a list, but one value is expected: 1 to 64 letters" },
        { "backends: [{name: a, kind: openai, url: {u: 1}}]", "1:41: backends[0].url: this is a map of names to values, but one value is expected" },
        { "backends: [{name: a, kind: openai, urls: http://a}]", "1:42: backends[0].urls: this is a single value, but a list is expected" },
        { "backends: [{name: a, kind: openai, models: [m]}]", "1:44: backends[0].models: this is a list, but names with values are expected" },
        { "backends: [{name: a, kind: openai, deadlines: 5}]", "1:47: backends[0].deadlines: this is a single value, but connect, headers" },
        { "backends: [{name: a, kind: openai, max_queue: }]", "1:47: backends[0].max_queue: this has no value. Remove the line, or set it to a whole number from 0 to 100000." },
        { "backends: [{name: a, kind: openai, api_key: null}]", "1:45: backends[0].api_key: this has no value." },
        { "aliases:\n", "1:9: aliases: this is empty, but names with values are expected" },
        { "[a, b]", "1:1: this is a list, but backends, fallbacks, aliases, keys, on_demand are expected" },
        { "text", "1:1: this is a single value, but backends, fallbacks, aliases, keys, on_demand are expected" },

        // Values.
        { "backends: [{kind: openai}]", "1:12: backends[0]: name is missing: the name used in fallbacks" },
        { "backends: [{name: a}]", "1:12: backends[0]: kind is missing: the kind of engine." },
        { "backends: [{name: a b, kind: openai}]", "1:19: backends[0].name: a b is not allowed; allowed: 1 to 64 letters" },
        { "backends: [{name: a/b, kind: openai}]", "1:19: backends[0].name: a/b is not allowed" },
        { "backends: [{name: '', kind: openai}]", "1:19: backends[0].name: '' is not allowed" },
        { "backends: [{name: a, kind: vlm}]", "1:28: backends[0].kind: vlm is not allowed; allowed: vllm, ollama, " },
        { "backends: [{name: a, kind: auto}]", "1:28: backends[0].kind: auto is not allowed" },
        { "backends: [{name: a, kind: openai, url: \"ftp://a\"}]", "1:41: backends[0].url: ftp://a is not allowed; allowed: an http:// or https:// URL" },
        { "backends: [{name: a, kind: openai, url: \"http://user:secret@a\"}]", "1:41: backends[0].url: http://***@a is not allowed" },
        { "backends: [{name: a, kind: openai, urls: [\"http://a\", b]}]", "1:55: backends[0].urls[1]: b is not allowed" },
        { "backends: [{name: a, kind: openai, urls: [{weight: 1}]}]", "1:43: backends[0].urls[0]: url is missing" },
        { "backends: [{name: a, kind: openai, urls: [{url: \"http://a\", weight: 0}]}]", "1:69: backends[0].urls[0].weight: 0 is not allowed; allowed: a whole number from 1 to 1000." },
        { "backends: [{name: a, kind: openai, api_key: \"secret value\"}]", "1:45: backends[0].api_key: *** is not allowed; allowed: printable text without spaces." },
        { "backends: [{name: a, kind: openai, max_concurrency: -1}]", "1:53: backends[0].max_concurrency: -1 is not allowed; allowed: a whole number from 1 to 100000." },
        { "backends: [{name: a, kind: openai, max_concurrency: 1.5}]", "1:53: backends[0].max_concurrency: 1.5 is not allowed" },
        { "backends: [{name: a, kind: openai, max_concurrency: 0x10}]", "1:53: backends[0].max_concurrency: 0x10 is not allowed" },
        { "backends: [{name: a, kind: openai, max_concurrency: 99999999999999999999}]", "1:53: backends[0].max_concurrency: 99999999999999999999 is not allowed" },
        { "backends: [{name: a, kind: openai, prefix_affinity: yes}]", "1:53: backends[0].prefix_affinity: yes is not allowed; allowed: true or false." },
        { "backends: [{name: a, kind: openai, queue_timeout: 0}]", "1:51: backends[0].queue_timeout: 0 is not allowed; allowed: a number of seconds from 0.001 to 86400." },
        { "backends: [{name: a, kind: openai, queue_timeout: 5s}]", "1:51: backends[0].queue_timeout: 5s is not allowed" },
        { "backends: [{name: a, kind: openai, queue_timeout: .inf}]", "1:51: backends[0].queue_timeout: .inf is not allowed" },
        { "backends: [{name: a, kind: openai, retries: 6}]", "1:45: backends[0].retries: 6 is not allowed; allowed: a whole number from 0 to 5." },
        { "backends: [{name: a, kind: openai, breaker: {ratio: 2}}]", "1:53: backends[0].breaker.ratio: 2 is not allowed; allowed: a number from 0.01 to 1." },
        { "backends: [{name: a, kind: openai, models: {\"a*b\": m}}]", "1:45: backends[0].models[\"a*b\"]: a*b is not allowed; allowed: at most 512 characters, `*` only at the end." },
        { "backends: [{name: a, kind: openai, models: {a: ''}}]", "1:48: backends[0].models.a: '' is not allowed" },
        { "aliases: {a: }", "1:14: aliases.a: this has no value." },
        { "aliases: {a: [b]}", "1:14: aliases.a: this is a list, but one value is expected" },
        { "keys: [{name: a}]", "1:8: keys[0]: sha256 or key is missing" },
        { "keys: [{name: a, key: short}]", "1:23: keys[0].key: *** is not allowed; allowed: 8 to 512 printable characters without spaces." },
        { "keys: [{name: a, sha256: abc}]", "1:26: keys[0].sha256: *** is not allowed; allowed: 64 hexadecimal digits" },
        { "keys: [{name: a, key: 12345678, models: []}]", "1:41: keys[0].models: the list is empty" },
        { "keys: [{name: a, key: 12345678, requests_per_minute: 0}]", "1:54: keys[0].requests_per_minute: 0 is not allowed" },
        { "fallbacks: {m: []}", "1:16: fallbacks.m: the list is empty" },
        { "fallbacks: {m: a}", "1:16: fallbacks.m: this is a single value, but a list is expected" },
        { "fallbacks: {m: [\"/b\"]}", "1:17: fallbacks.m[0]: /b is not allowed; allowed: a backend's name, or `backend/model`" },
        { "fallbacks: {m: [\"a/\"]}", "1:17: fallbacks.m[0]: a/ is not allowed" },

        // Values that are right alone.
        { $"backends: [{A}, {A}]", "1:54: backends[1].name: a is the name of backends[0] already" },
        { "backends: [{name: a, kind: openai, url: \"http://a\", urls: [\"http://b\"]}]", "1:41: backends[0].url: both url and urls are set" },
        { "backends: [{name: a, kind: openai, urls: [\"http://a/v1\", \"http://b\", {url: \"HTTP://A/v1\"}]}]", "1:70: backends[0].urls[2]: backends[0].urls[0] is the same replica" },
        { "backends: [{name: a, kind: openai, url: \"http://127.0.0.1:8000\"}]", "1:41: backends[0].url: http://127.0.0.1:8000/ is the gateway's own address (GATEWAY_PORT=8000)" },
        { "backends: [{name: a, kind: openai, urls: [{url: \"http://localhost:8000/v1\"}]}]", "1:43: backends[0].urls[0]: http://localhost:8000/v1 is the gateway's own address" },
        { "backends: [{name: a, kind: vllm}]", "1:28: backends[0].kind: http://127.0.0.1:8000/v1 is the gateway's own address" },
        { "backends: [{name: a, kind: openai, max_queue: 5}]", "1:47: backends[0].max_queue: max_queue has no effect without max_concurrency" },
        { $"backends: [{A}]\nfallbacks: {{m: [A]}}", "2:17: fallbacks.m[0]: there is no backend A. Did you mean 'a'? There are a;" },
        { $"backends: [{A}]\nfallbacks: {{m: [meta-llama/Llama]}}", "2:17: fallbacks.m[0]: there is no backend meta-llama. There are a; the text before the first `/` is the backend's name." },
        { "fallbacks: {m: [small]}", "1:17: fallbacks.m[0]: there is no backend small. There are auto;" },
        { $"backends: [{A}]\nfallbacks: {{m: [a/x, a/y, a/x]}}", "2:27: fallbacks.m[2]: fallbacks.m[0] is the same" },
        { "aliases: {a: a}", "1:14: aliases.a: this alias chain is circular (a → a)" },
        { "backends: [{name: a, kind: openai, url: \"http://a\", models: {m: x}}]\naliases: {m: y}", "2:14: aliases.m: backends[0].models has this name too" },
        { "keys: [{name: a, key: 12345678, sha256: 0000000000000000000000000000000000000000000000000000000000000000}]", "1:23: keys[0].key: both sha256 and key are set" },
        { "keys: [{name: a, key: 12345678}, {name: a, key: 87654321}]", "1:34: keys[1].name: a is a name in keys[0] already" },
        { "keys: [{name: a, key: 12345678}, {name: b, sha256: ef797c8118f02dfb649607dd5d3f8c7623048c9c063d532cc95c5ed7a898a64f}]", "1:34: keys[1]: this is the same key as in keys[0]" },
    };

    [Theory]
    [MemberData(nameof(Rows))]
    public void Read_OneThingWrong_IsOneFaultWithItsPlace(string text, string expected)
    {
        var fault = Assert.Single(YamlFiles.Read(text).Faults);

        Assert.StartsWith("gateway.yaml:" + expected, fault, StringComparison.Ordinal);
        Assert.True(fault[^1] is '.' or '?', fault);
        Assert.DoesNotContain("secret", fault, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_AliasesInACircle_EachIsAFault() =>
        Assert.Equal(
            ["gateway.yaml:1:14: aliases.a: this alias chain is circular (a → b → a), so it refers to no model.", "gateway.yaml:1:20: aliases.b: this alias chain is circular (b → a → b), so it refers to no model."],
            YamlFiles.Read("aliases: {a: b, b: a, c: d}").Faults);

    [Fact]
    public void Read_ManyThingsWrong_AreAllToldInTheOrderOfTheFile()
    {
        const string Text = """
            backends:
              - name: a
                kind: vlm
                urls: [ftp://a]
                deadlines:
                  connect: 0
              - name: b
                kind: openai
                url: http://b
                weigth: 2
            fallbacks:
              m: [c, b/x]
            keys:
              - {name: k, key: short}
            colour: red
            """;

        // What falls back to a backend that could not be read is not blamed: here, c may be it.
        Assert.Equal(
            ["3:11: backends[0].kind", "4:12: backends[0].urls[0]", "6:16: backends[0].deadlines.connect", "10:5: backends[1].weigth", "14:20: keys[0].key", "15:1: colour"],
            YamlFiles.Read(Text).Faults.Select(fault => string.Join(':', fault.Split(':')[1..4])));
    }

    [Fact]
    public void Read_FaultInAnotherSettingOfABackend_DoesNotHideWhoFallsBackToNothing() =>
        Assert.Equal(2, YamlFiles.Read("backends: [{name: a, kind: openai, url: x}]\nfallbacks: {m: [a, b]}").Faults.Count);

    [Fact]
    public void Read_NameOfAnEnvironmentsKeyOrAlias_IsAFault()
    {
        var faults = YamlFiles.Read(
            "aliases: {m: x}\nkeys: [{name: a, key: 87654321}, {name: b, key: 12345678}]", ("MODEL_ALIASES", "m=y"), ("API_KEYS", "a:12345678")).Faults;

        Assert.Equal(3, faults.Count);
        Assert.Contains("aliases.m: MODEL_ALIASES has this name too", faults[0], StringComparison.Ordinal);
        Assert.Contains("keys[0].name: a is a name in API_KEYS already", faults[1], StringComparison.Ordinal);
        Assert.Contains("keys[1]: this is the same key as in API_KEYS", faults[2], StringComparison.Ordinal);
    }

    [Fact]
    public void Read_VeryLongValue_IsShownShort() =>
        Assert.InRange(Assert.Single(YamlFiles.Read($"backends: [{{name: {new string('n', 100_000)}, kind: openai}}]").Faults).Length, 1, 300);
}
