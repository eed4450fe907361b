using System.Text;
using Gateway.Engines;
using Gateway.Proxy.Requests;
using Xunit;

namespace Gateway.Tests.Forwarding;

/// <summary>URLs that an engine would fetch from inside the network.</summary>
public sealed class MediaGuardTests
{
    [Theory]
    [InlineData("""{"image_url":"http://x"}""")]
    [InlineData("""{"messages":[{"content":[{"type":"image_url","image_url":{"url":"https://x/a.png"}}]}]}""")]
    [InlineData("""{"messages":[{"content":[{"type":"image_url","image_url":{"url":"data:image/png;base64,AA=="}},{"type":"audio_url","audio_url":{"url":"http://x"}}]}]}""")]
    [InlineData("""{"content":[{"type":"video_url","video_url":{"url":"file:///etc/passwd"}}]}""")]
    [InlineData("""{"input":[{"type":"input_file","file_url":"ftp://x"}]}""")]
    [InlineData("""{"content":[{"type":"image","source":{"type":"url","url":"http://169.254.169.254/"}}]}""")]
    [InlineData("""{"tools":[{"type":"mcp","server_url":"http://10.0.0.1"}]}""")]
    [InlineData("""{"image_url":["data:,a","http://x"]}""")]
    [InlineData("""{"image_url":[["http://x"]]}""")]
    [InlineData("""{"image_urls":["http://x"]}""")]
    [InlineData("""{"image_url":[{"a":1},"http://x"]}""")]
    [InlineData("""{"image_url":[{"url":"data:,a","x":1},"http://x"]}""")]
    [InlineData("""{"IMAGE_URL":{"Url":"http://x"}}""")]
    [InlineData("""{"image\u005furl":"http://x"}""")]
    [InlineData("""{"image_url":"\u0068ttp://x"}""")]
    [InlineData("""{"image_url":"//x/a.png"}""")]
    [InlineData("""{"image_url":"  http://data:"}""")]
    [InlineData("""{"image_url":"dat"}""")]
    [InlineData("""{"image_url":"http://x/\ud800"}""")]
    public void HasRemoteUrl_Url_IsFound(string body) => Assert.True(Finds(body));

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"image_url":{"url":"data:image/png;base64,AA=="}}""")]
    [InlineData("""{"image_url":"DATA:image/png;base64,AA=="}""")]
    [InlineData("""{"image_url":" \n data:,x"}""")]
    [InlineData("""{"image_url":"\u0064ata:,x"}""")]
    [InlineData("""{"image_url":{"url":null,"detail":"high"}}""")]
    [InlineData("""{"messages":[{"content":"see http://x and ![](http://y)"}]}""")]
    [InlineData("""{"messages":[{"content":[{"type":"text","text":"http://x"}]}],"user":"http://x"}""")]
    [InlineData("""{"tools":[{"function":{"parameters":{"properties":{"url":{"type":"string","description":"http://x"}},"required":["url"]}}}]}""")]
    [InlineData("""{"input":[{"image_url":"data:,x"},"http://plain text"]}""")]
    [InlineData("""{"image_url":[{"url":"data:,x"}],"input":["http://plain text"]}""")]
    [InlineData("""{"input_audio":{"data":"AA==","format":"wav"}}""")]
    [InlineData("""{"content":"\ud800","\ud800":"\udfff"}""")]
    [InlineData("""{"hourly":"1","curly_s":"2","ur":"3","l":"4","s":"5","":"6"}""")]
    public void HasRemoteUrl_NoUrlToFetch_IsLetThrough(string body) => Assert.False(Finds(body));

    [Theory]
    [InlineData("![](http://x)", true)]
    [InlineData("![alt text](https://x)", true)]
    [InlineData("a\\n![](<http://x>)", true)]
    [InlineData("![]( HTTP://x)", true)]
    [InlineData("![](file:///etc/passwd)", true)]
    [InlineData("[a](http://x) ![](http://y)", true)]
    [InlineData("![](data:,x) ![](http://y)", true)]
    [InlineData("![](data:,x](http://y)", false)]
    [InlineData("\\u0021[](http://x)", true)]
    [InlineData("![a] [b](http://x)", true)]
    [InlineData("![](data:image/png;base64,AA==)", false)]
    [InlineData("![](relative.png)", false)]
    [InlineData("Hello! See [the site](http://x).", false)]
    [InlineData("![](data:,x) and [a link](http://x)", false)]
    [InlineData("http://x ! [ ] ( )", false)]
    [InlineData("![]", false)]
    [InlineData("](", false)]
    [InlineData("\\ud800 ](http://x)", false)]
    public void HasRemoteUrl_MarkdownImage_IsFoundWhereTheEngineFetchesIt(string text, bool found)
    {
        var body = $$"""{"messages":[{"role":"user","content":"{{text}}"}]}""";

        Assert.Equal(found, Finds(body, markdown: true));
        Assert.False(Finds(body));
    }

    // An engine that writes the URL into its prompt as Markdown reads it from there again.
    [Fact]
    public void HasRemoteUrl_MarkdownInsideADataUrl_IsFound() =>
        Assert.True(Finds("""{"image_url":{"url":"data:,x) ![](http://y"}}""", markdown: true));

    [Fact]
    public void HasRemoteUrl_DeepestBody_IsRead()
    {
        var body = $$"""{"image_url":{{new string('[', 511)}}"http://x"{{new string(']', 511)}}}""";

        Assert.True(Finds(body));
    }

    // Every API's own form of it.
    [Theory]
    [InlineData("""{"input":[{"role":"user","content":[{"type":"input_image","image_url":"http://x"}]}]}""", "input[0].content[0].image_url")]
    [InlineData("""{"input":[{"role":"user","content":[{"type":"input_text","text":"a"},{"type":"input_file","file_url":"http://x"}]}]}""", "input[0].content[1].file_url")]
    [InlineData("""{"input":[{"type":"function_call_output","output":[{"type":"input_image","image_url":"http://x"}]}]}""", "input[0].output[0].image_url")]
    [InlineData("""{"messages":[{"role":"user","content":[{"type":"image","source":{"type":"url","url":"http://x"}}]}]}""", "messages[0].content[0].source.url")]
    [InlineData("""{"messages":[{"content":[{"type":"tool_result","content":[{"type":"image","source":{"url":"http://x","type":"url"}}]}]}]}""", "messages[0].content[0].content[0].source.url")]
    [InlineData("""{"messages":[{"content":[{"type":"tool_use","type":"image","input":{"url":"http://x"}}]}]}""", "messages[0].content[0].input.url")]
    [InlineData("""{"messages":[{"content":[{"type":"document","source":{"type":"url","url":"http://x"}}]}]}""", "messages[0].content[0].source.url")]
    [InlineData("""{"messages":[{"content":[{"type":"file","file":{"file_data":"http://x","filename":"a.pdf"}}]}]}""", "messages[0].content[0].file.file_data")]
    [InlineData("""{"messages":[{"content":[{"type":"input_audio","input_audio":{"format":"wav","data":"http://x"}}]}]}""", "messages[0].content[0].input_audio.data")]
    [InlineData("""{"query":"q","documents":[{"image":"http://x"}]}""", "documents[0].image")]
    [InlineData("""{"documents":{"content":[{"type":"image_url","image_url":{"url":"http://x"}}]}}""", "documents.content[0].image_url.url")]
    [InlineData("""{"input":[{"text":"x"},{"image":"http://x"}]}""", "input[1].image")]
    [InlineData("""{"init_image":"http://x"}""", "init_image")]
    [InlineData("""{"ref_images":["data:,a","http://x"]}""", "ref_images[1]")]
    [InlineData("""{"image":"FILE:/etc/passwd"}""", "image")]
    [InlineData("""{"video":"s3://bucket/key"}""", "video")]
    [InlineData("""{"image":"\u0001http://x"}""", "image")]
    [InlineData("""{"input_reference":{"image_url":"http://x"}}""", "input_reference.image_url")]
    public void Find_AddressInAnyApi_IsNamedByItsPath(string body, string path) =>
        Assert.Equal(path, MediaGuard.Find(Encoding.UTF8.GetBytes(body), new RequestDialect()));

    // What cites, describes or remembers; and data without a scheme.
    [Theory]
    [InlineData("""{"metadata":{"url":"https://x","image_url":"https://x"}}""")]
    [InlineData("""{"input":[{"type":"message","role":"assistant","content":[{"type":"output_text","text":"a","annotations":[{"type":"url_citation","url":"https://x","title":"t"}]}]}]}""")]
    [InlineData("""{"input":[{"type":"web_search_call","action":{"type":"open_page","url":"https://x"}}]}""")]
    [InlineData("""{"messages":[{"content":[{"type":"tool_use","name":"WebFetch","input":{"url":"https://x","image_url":"https://y"}}]}]}""")]
    [InlineData("""{"messages":[{"content":[{"input":{"url":"https://x"},"name":"WebFetch","type":"server_tool_use"}]}]}""")]
    [InlineData("""{"messages":[{"content":[{"type":"web_search_tool_result","content":[{"url":"https://x","type":"web_search_result"}]}]}]}""")]
    [InlineData("""{"messages":[{"content":[{"type":"search_result","source":"https://x","title":"t","content":[]}]}]}""")]
    [InlineData("""{"messages":[{"tool_calls":[{"function":{"name":"f","arguments":"{\"image_url\":\"https://x\"}"}}]}]}""")]
    [InlineData("""{"messages":[{"tool_calls":[{"function":{"name":"f","arguments":{"url":"https://x"}}}]}]}""")]
    [InlineData("""{"tools":[{"type":"function","parameters":{"examples":[{"url":"https://x"}]}}]}""")]
    [InlineData("""{"tools":[{"name":"f","input_schema":{"properties":{"image_url":{"default":"https://x"}}}}]}""")]
    [InlineData("""{"response_format":{"json_schema":{"schema":{"url":"https://x"}}}}""")]
    [InlineData("""{"documents":["https://x is a page"],"input":["https://x"],"prompt":"https://x"}""")]
    [InlineData("""{"image":"iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk"}""")]
    [InlineData("""{"image_url":{"url":""}}""")]
    [InlineData("""{"audio":{"voice":"alloy","format":"wav"},"file":{"file_id":"file-1","filename":"a.pdf"}}""")]
    public void Find_WhatIsNotFetched_IsLetThrough(string body) => Assert.Null(MediaGuard.Find(Encoding.UTF8.GetBytes(body), new RequestDialect()));

    // These engines open a file by its path.
    [Theory]
    [InlineData("sglang", """{"input":[{"image":"/etc/passwd"}]}""", true)]
    [InlineData("sglang", """{"input":[{"image":"../../secrets.png"}]}""", true)]
    [InlineData("sglang", """{"input":[{"image":"photo.png"}]}""", true)]
    [InlineData("sglang", """{"input":[{"image":"/proc/self/root/proc/self/root/proc/self/root/proc/self/root/etc/passwd"}]}""", true)]
    [InlineData("sglang", """{"input":[{"image":"/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAMCAgICAgMCAgIDAwMDBAYE"}]}""", false)]
    [InlineData("sglang", """{"input":[{"image":"data:image/png;base64,AA=="}]}""", false)]
    [InlineData("localai", """{"file":"http://x"}""", true)]
    [InlineData("localai", """{"ref_images":["models/x.png"]}""", true)]
    [InlineData("localai", """{"file":"iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk"}""", false)]
    [InlineData("vllm", """{"input":[{"image":"/etc/passwd"}]}""", false)]
    public void Find_PathOfAFile_IsFoundWhereTheEngineOpensIt(string engine, string body, bool found) =>
        Assert.Equal(found, MediaGuard.Find(Encoding.UTF8.GetBytes(body), EngineCatalog.Find(engine)!.Requests) is not null);

    // The engine joins what a message is made of before it reads its Markdown.
    [Theory]
    [InlineData("""[{"type":"text","text":"!["},{"type":"text","text":"](http://x)"}]""")]
    [InlineData("""[{"type":"text","text":"![]("},{"type":"text","text":"http://x)"}]""")]
    [InlineData("""[{"type":"text","text":"![](ht"},{"type":"text","text":"tp://x)"}]""")]
    [InlineData("""[{"type":"text","text":"!"},{"type":"text","text":"[a]"},{"type":"text","text":"(https://x)"}]""")]
    public void Find_MarkdownInPieces_IsFound(string content) =>
        Assert.StartsWith("messages[0].content[", MediaGuard.Find(Encoding.UTF8.GetBytes($$"""{"messages":[{"role":"user","content":{{content}}}]}"""), EngineCatalog.Find("tgi")!.Requests), StringComparison.Ordinal);

    private static bool Finds(string body, bool markdown = false) =>
        MediaGuard.Find(Encoding.UTF8.GetBytes(body), new RequestDialect { FetchesMarkdownImages = markdown }) is not null;
}
