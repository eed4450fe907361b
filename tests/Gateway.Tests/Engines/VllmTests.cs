using System.Text;
using Gateway.Engines;
using Xunit;

namespace Gateway.Tests.Engines;

public sealed class VllmTests
{
    [Theory]
    [InlineData("[]", true)]
    [InlineData("[ \r\n\t]", true)]
    [InlineData("[{}]", false)]
    [InlineData("[", false)]
    [InlineData("", false)]
    public void Tools_EmptyList_IsDropped(string value, bool dropped) =>
        Assert.Equal(dropped, Vllm.Profile.Requests.Fixes.Single().Rule(Encoding.UTF8.GetBytes(value)).Drop);

    // The gateway may listen on this port itself, in front of such an engine: its model list must not be taken for the engine.
    [Theory]
    [InlineData("{\"server_load\":0}", 200, true)]
    [InlineData("{\"object\":\"list\",\"data\":[{\"id\":\"qwen3-8b\",\"owned_by\":\"vllm\"}]}", 200, false)]
    [InlineData("{\"error\":{\"message\":\"There is no /load here.\"}}", 404, false)]
    public void Detection_Load_IsToldByItsMember(string body, int status, bool found) =>
        Assert.Equal(found, Vllm.Profile.Detection!.Recognise(new DetectionAnswer(status, "uvicorn", body)));
}
