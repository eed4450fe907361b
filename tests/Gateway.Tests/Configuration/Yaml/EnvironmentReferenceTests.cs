using Gateway.Core.Configuration;
using Xunit;

namespace Gateway.Tests.Configuration.Yaml;

/// <summary><c>${NAME}</c> in a file.</summary>
public sealed class EnvironmentReferenceTests
{
    private static readonly Dictionary<string, string> Variables = new() { ["HOST"] = "gpu", ["PORT_1"] = "8001", ["EMPTY"] = "", ["ODD"] = "${HOST}" };

    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("${HOST}", "gpu")]
    [InlineData("http://${HOST}:${PORT_1}/v1", "http://gpu:8001/v1")]
    [InlineData("${MISSING:-other}", "other")]
    [InlineData("${MISSING:-}", "")]
    [InlineData("${MISSING:-a:-b}", "a:-b")]
    [InlineData("${EMPTY:-other}", "other")]
    [InlineData("${HOST:-other}", "gpu")]
    [InlineData("$${HOST}", "${HOST}")]
    [InlineData("a$${b}${HOST}$$", "a${b}gpu$$")]
    [InlineData("pa$$word $HOST $", "pa$$word $HOST $")]
    [InlineData("${ODD}", "${HOST}")]
    public void Expand_Reference_IsReplacedOnce(string text, string expected) => Assert.Equal((expected, null), EnvironmentReferences.Expand(text, Variables));

    [Theory]
    [InlineData("${MISSING}", "MISSING is not set")]
    [InlineData("${EMPTY}", "EMPTY is not set")]
    [InlineData("${HOST} ${MISSING}", "MISSING is not set")]
    [InlineData("${HOST", "${ begins the name of a variable")]
    [InlineData("${}", "${ begins the name of a variable")]
    [InlineData("${1}", "${ begins the name of a variable")]
    [InlineData("${HO ST}", "${ begins the name of a variable")]
    [InlineData("${HOST-x}", "${ begins the name of a variable")]
    public void Expand_ReferenceToNothing_IsAFault(string text, string expected)
    {
        var (value, fault) = EnvironmentReferences.Expand(text, Variables);

        Assert.Null(value);
        Assert.StartsWith(expected, fault, StringComparison.Ordinal);
    }

    [Fact]
    public void File_ReferencesInValuesNamesAndNumbers_AreReplaced()
    {
        var settings = YamlFiles.Good(
            "backends: [{name: \"${NAME}\", kind: openai, url: \"http://${NAME}/v1\", max_concurrency: \"${MANY}\", prefix_affinity: \"${FLAG}\"}]\naliases: {\"${NAME}-x\": y}",
            ("NAME", "big"), ("MANY", "5"), ("FLAG", "true"));

        var backend = settings.Backends[0];
        Assert.Equal(("big", "http://big/v1", 5, true), (backend.Name, backend.Replicas[0].Url.ToString(), backend.Admission.MaxConcurrency, backend.PrefixAffinity));
        Assert.Equal("big-x", settings.ModelAliases[0].Name);
    }

    [Fact]
    public void File_ReferenceThatMayBeEmpty_IsAsIfLeftOut()
    {
        var backend = YamlFiles.BackendWith("api_key: ${KEY:-}\nmax_concurrency: ${MANY:-}\nurls: [\"http://a\", \"${SECOND:-}\"]");

        Assert.Null(backend.ApiKey);
        Assert.Null(backend.Admission.MaxConcurrency);
        Assert.Single(backend.Replicas);
    }

    // An empty key must not open the gateway, and an empty list of models must not open all of them.
    [Theory]
    [InlineData("backends: [{name: \"${X:-}\", kind: openai}]", "gateway.yaml:1:19: backends[0].name: this is empty after expansion")]
    [InlineData("backends: [{name: a, kind: openai, url: \"${X:-}\"}]", "gateway.yaml:1:41: backends[0].url: this is empty after expansion")]
    [InlineData("backends: [{name: a, kind: openai, urls: [\"${X:-}\"]}]", "gateway.yaml:1:42: backends[0].urls: the list is empty")]
    [InlineData("keys: [{name: a, key: \"${X:-}\"}]", "gateway.yaml:1:23: keys[0].key: this is empty after expansion")]
    [InlineData("keys: [{name: a, key: 12345678, models: [\"${X:-}\"]}]", "gateway.yaml:1:41: keys[0].models: the list is empty")]
    public void File_ReferenceThatMustNotBeEmpty_IsAFault(string text, string expected) =>
        Assert.StartsWith(expected, Assert.Single(YamlFiles.Read(text).Faults), StringComparison.Ordinal);

    [Fact]
    public void File_UnsetReference_NamesTheVariableAndItsPlace() =>
        Assert.Equal(
            ["gateway.yaml:4:14: backends[0].api_key: BIG_KEY is not set in the environment. Set it, or write ${BIG_KEY:-} if it may be missing."],
            YamlFiles.Read("backends:\n  - name: big\n    kind: openai\n    api_key: ${BIG_KEY}\n").Faults);

    // What the environment holds may be a secret that stands in the wrong place.
    [Fact]
    public void File_WrongValueFromTheEnvironment_ShowsTheReferenceOnly()
    {
        var fault = Assert.Single(YamlFiles.Read("backends: [{name: a, kind: openai, max_concurrency: \"${SECRET}\"}]", ("SECRET", "hidden")).Faults);

        Assert.Contains("${SECRET} is not allowed", fault, StringComparison.Ordinal);
        Assert.DoesNotContain("hidden", fault, StringComparison.Ordinal);
    }
}
