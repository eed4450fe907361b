using System.Text;
using Gateway.Engines;
using Gateway.Engines.Endpoints;
using Gateway.Proxy.Requests;
using Xunit;

namespace Gateway.Tests.Engines;

/// <summary>Whole bodies as OpenAI's clients write them, and what TGI is given instead.</summary>
public sealed class TgiRequestTests
{
    [Theory]
    [InlineData("""{"max_tokens":5,"max_completion_tokens":7}""", """{"max_tokens":5}""")]
    [InlineData("""{"max_completion_tokens":7}""", """{"max_tokens":7}""")]
    [InlineData("""{"max_tokens":null,"max_completion_tokens":7}""", """{"max_tokens":7}""")]
    [InlineData("""{"max_tokens":5,"max_completion_tokens":null}""", """{"max_tokens":5}""")]
    [InlineData("""{"stop":"a","top_p":1,"presence_penalty":0,"n":1,"logit_bias":{}}""", """{"stop":["a"],"n":1}""")]
    [InlineData("""{"tools":[],"stream":null,"seed":7}""", """{"seed":7}""")]
    [InlineData("""{ "messages" : [ {"role":"user","content":"\u00e9"} ], "temperature" : 0.0 }""", """{ "messages" : [ {"role":"user","content":"\u00e9"} ], "temperature" : 0.0 }""")]
    public void Edit_ChatOfAnOpenAiClient_IsWhatTheEngineTakes(string sent, string expected)
    {
        var (_, edit) = Edit(sent, model: null);

        Assert.Equal(expected, Written(edit, sent));
    }

    [Fact]
    public void Edit_ModelOfTheEngine_IsSentUnderTheOneNameThatIsNoAdapter()
    {
        const string Sent = """{"model":"meta-llama/Llama-3.1-8B-Instruct","n":1}""";

        var (_, edit) = Edit(Sent, Tgi.Profile.Requests.SendModelAs);

        Assert.Equal("""{"model":"tgi","n":1}""", Written(edit, Sent));
    }

    [Fact]
    public void AskUsage_StreamOptionsWereNull_AsksAllTheSame()
    {
        const string Sent = """{"stream":true,"stream_options":null}""";
        var (_, edit) = Edit(Sent, model: null);

        Assert.True(UsageRequest.Add(edit));
        Assert.Equal("""{"stream":true,"stream_options":{"include_usage":true}}""", Written(edit, Sent));
    }

    private static (JsonMembers Members, JsonEdit Edit) Edit(string body, string? model)
    {
        Assert.True(JsonMembers.TryParse(Encoding.UTF8.GetBytes(body), out var members, out _));
        return (members, new BodyEditor(Tgi.Profile.Requests).Edit(members, EndpointCatalog.Find(EndpointId.ChatCompletions), model).Edit);
    }

    private static string Written(JsonEdit edit, string body)
    {
        if (edit.IsEmpty)
        {
            return body;
        }

        using var buffer = new BodyBuffer(body.Length + 64);
        edit.WriteTo(buffer);
        return Encoding.UTF8.GetString(buffer.Written.ToArray());
    }
}
