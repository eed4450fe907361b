using System.Buffers;
using System.Text;
using Gateway.Engines;
using Gateway.Engines.Endpoints;
using Gateway.Proxy.Requests;
using Xunit;

namespace Gateway.Tests.Forwarding;

/// <summary>Bodies before and after their editing.</summary>
internal static class Editing
{
    public static string Edit(RequestDialect dialect, string body, string? sendModel = null, EndpointId endpoint = EndpointId.ChatCompletions) =>
        Run(body, members => new BodyEditor(dialect).Edit(members, EndpointCatalog.Find(endpoint), sendModel).Edit);

    /// <summary>The body, after usage was asked for where that is due.</summary>
    public static (bool Asked, string Body) AskUsage(string body, RequestDialect? dialect = null)
    {
        var asked = false;
        var edited = Run(body, members =>
        {
            var edit = new BodyEditor(dialect ?? new()).Edit(members, EndpointCatalog.Find(EndpointId.ChatCompletions), null).Edit;
            asked = UsageRequest.Add(edit);
            return edit;
        });
        return (asked, edited);
    }

    private static string Run(string body, Func<JsonMembers, JsonEdit> edit)
    {
        Assert.True(JsonMembers.TryParse(Encoding.UTF8.GetBytes(body), out var members, out var fault), fault);
        var buffer = new ArrayBufferWriter<byte>();
        edit(members).WriteTo(buffer);
        Assert.True(JsonMembers.TryParse(buffer.WrittenSpan.ToArray(), out _, out fault), fault);
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
