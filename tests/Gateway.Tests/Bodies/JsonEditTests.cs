using Gateway.Bodies;
using Xunit;

namespace Gateway.Tests.Bodies;

public sealed class JsonEditTests
{
    [Fact]
    public void Current_MemberIsDropped_IsNull()
    {
        Assert.True(JsonMembers.TryParse("""{"stream_options":null,"n":1}"""u8.ToArray(), out var members, out _));
        var edit = new JsonEdit(members);

        edit.Drop(0);

        Assert.Null(edit.Current("stream_options"u8));
        Assert.True(edit.Current("n"u8)?.Span.SequenceEqual("1"u8));
    }
}
