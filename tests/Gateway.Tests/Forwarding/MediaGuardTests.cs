using System.Text;
using Gateway.Forwarding;
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
    public void HasRemoteUrl_Url_IsFound(string body) => Assert.True(MediaGuard.HasRemoteUrl(Encoding.UTF8.GetBytes(body), markdown: false));

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
    public void HasRemoteUrl_NoUrlToFetch_IsLetThrough(string body) => Assert.False(MediaGuard.HasRemoteUrl(Encoding.UTF8.GetBytes(body), markdown: false));

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
        var body = Encoding.UTF8.GetBytes($$"""{"messages":[{"role":"user","content":"{{text}}"}]}""");

        Assert.Equal(found, MediaGuard.HasRemoteUrl(body, markdown: true));
        Assert.False(MediaGuard.HasRemoteUrl(body, markdown: false));
    }

    // An engine that writes the URL into its prompt as Markdown reads it from there again.
    [Fact]
    public void HasRemoteUrl_MarkdownInsideADataUrl_IsFound() =>
        Assert.True(MediaGuard.HasRemoteUrl("""{"image_url":{"url":"data:,x) ![](http://y"}}"""u8, markdown: true));

    [Fact]
    public void HasRemoteUrl_DeepestBody_IsRead()
    {
        var body = $$"""{"image_url":{{new string('[', 511)}}"http://x"{{new string(']', 511)}}}""";

        Assert.True(MediaGuard.HasRemoteUrl(Encoding.UTF8.GetBytes(body), markdown: false));
    }
}
