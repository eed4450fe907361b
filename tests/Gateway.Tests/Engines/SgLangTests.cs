using System.Text;
using Gateway.Engines;
using Gateway.Engines.Endpoints;
using Xunit;

namespace Gateway.Tests.Engines;

public sealed class SgLangTests
{
    [Theory]
    [InlineData(
        "[{\"type\":\"function\",\"function\":{\"name\":\"now\",\"strict\":null,\"parameters\":{ \"strict\" : null }}},{\"type\":\"other\", \"n\": 1.0}]",
        "[{\"type\":\"function\",\"function\":{\"name\":\"now\",\"parameters\":{ \"strict\" : null }}},{\"type\":\"other\", \"n\": 1.0}]")]
    [InlineData("[{\"type\":\"function\",\"function\":{\"name\":\"now\",\"strict\":true}}]", null)]
    [InlineData("[]", null)]
    [InlineData("null", null)]
    [InlineData("[{\"function\":", null)]
    [InlineData("[{\"function\":{\"\\udc00\":null}}]", null)]
    public void Tools_StrictIsNull_IsLeftOut(string value, string? expected)
    {
        var edit = Fixes("tools", EndpointId.ChatCompletions).Single().Rule(Encoding.UTF8.GetBytes(value));

        Assert.False(edit.Drop);
        Assert.Equal(expected, edit.Value is null ? null : Encoding.UTF8.GetString(edit.Value));
    }

    [Theory]
    [InlineData("n", "ChatCompletions", true)]
    [InlineData("parallel_tool_calls", "ChatCompletions", true)]
    [InlineData("temperature", "ChatCompletions", false)]
    [InlineData("temperature", "Completions", true)]
    [InlineData("echo", "Completions", true)]
    [InlineData("n", "Embeddings", false)]
    public void Null_WhereItIsRefused_IsDropped(string field, string endpoint, bool dropped)
    {
        var fixes = Fixes(field, Enum.Parse<EndpointId>(endpoint)).ToList();

        Assert.Equal(dropped, fixes.Any(fix => fix.Rule("null"u8).Drop));
        Assert.DoesNotContain(fixes, fix => fix.Rule("1"u8).Drop);
    }

    [Theory]
    [InlineData("{\"model_path\":\"Qwen/Qwen3-8B\",\"tokenizer_path\":\"Qwen/Qwen3-8B\",\"is_generation\":true}", 200, true)]
    [InlineData("{\"model_path\":\"/models/a.gguf\"}", 200, false)]
    [InlineData("{\"error\":\"Unauthorized\"}", 401, false)]
    public void Detection_ModelInfo_IsToldByItsMembers(string body, int status, bool found) =>
        Assert.Equal(found, SgLang.Profile.Detection!.Recognise(new DetectionAnswer(status, "uvicorn", body)));

    [Theory]
    [InlineData("""{"type":"adaptive","display":"updates"}""", """{"type":"adaptive"}""")]
    [InlineData("""{"display":"updates","type":"enabled","budget_tokens":1024}""", """{"type":"enabled","budget_tokens":1024}""")]
    [InlineData("""{"type":"enabled","budget_tokens":1024,"check":{"x":1}}""", """{"type":"enabled","budget_tokens":1024}""")]
    [InlineData("""{"type":"adaptive","display":null}""", """{"type":"adaptive"}""")]
    [InlineData("""{"type":"adaptive","display":7}""", """{"type":"adaptive"}""")]
    public void Thinking_WhatTheEngineDoesNotTake_IsLeftOut(string given, string expected)
    {
        var fix = Assert.Single(Fixes("thinking", EndpointId.Messages));

        Assert.Equal(expected, Encoding.UTF8.GetString(fix.Rule(Encoding.UTF8.GetBytes(given)).Value!));
    }

    [Theory]
    [InlineData("""{ "type":"adaptive", "display":"summarized" }""")]
    [InlineData("""{"type":"disabled"}""")]
    [InlineData("""{"type":"enabled","budget_tokens":1.0e3,"display":"omitted"}""")]
    [InlineData("null")]
    [InlineData("true")]
    public void Thinking_WhatTheEngineTakes_KeepsItsBytes(string given) =>
        Assert.Equal(FieldEdit.Keep, Assert.Single(Fixes("thinking", EndpointId.Messages)).Rule(Encoding.UTF8.GetBytes(given)));

    [Fact]
    public void Thinking_OfAKindTheEngineDoesNotKnow_IsLeftOutWhole() =>
        Assert.Equal(FieldEdit.Remove, Assert.Single(Fixes("thinking", EndpointId.Messages)).Rule("""{"type":"endless","budget_tokens":5}"""u8));

    private static IEnumerable<FieldFix> Fixes(string field, EndpointId endpoint) =>
        SgLang.Profile.Requests.Fixes.Where(fix => fix.Field == field && (fix.Endpoints is null || fix.Endpoints.Contains(endpoint)));
}
