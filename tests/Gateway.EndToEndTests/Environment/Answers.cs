using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Gateway.Fakes;
using Xunit;

namespace Gateway.EndToEndTests;

/// <summary>Reading answers as tests need them: errors against what a fixture expects, streams to wherever they end.</summary>
internal static class Answers
{
    public const string SourceHeader = "x-gateway-error-source";

    /// <summary>The whole body, and whether the connection ended without the body's proper end.</summary>
    public static async Task<(byte[] Body, bool Cut)> ReadToEndAsync(HttpResponseMessage answer)
    {
        using var body = new MemoryStream();
        var buffer = new byte[4096];
        var stream = await answer.Content.ReadAsStreamAsync();
        try
        {
            int read;
            while ((read = await stream.ReadAsync(buffer)) > 0)
            {
                body.Write(buffer, 0, read);
            }

            return (body.ToArray(), false);
        }
        catch (Exception e) when (e is IOException or HttpRequestException)
        {
            return (body.ToArray(), true);
        }
    }

    public static string Source(HttpResponseMessage answer) =>
        answer.Headers.TryGetValues(SourceHeader, out var values) ? values.Single() : "";

    /// <summary>The <c>error</c> object of an answer in OpenAI's or Anthropic's envelope.</summary>
    public static async Task<JsonElement> ErrorAsync(HttpResponseMessage answer)
    {
        Assert.Equal("application/json", answer.Content.Headers.ContentType?.MediaType);
        var body = await answer.Content.ReadFromJsonAsync<JsonElement>();
        return body.GetProperty("error");
    }

    /// <summary>An error that the gateway made: its status, code and source.</summary>
    public static async Task<string> AssertGatewayErrorAsync(HttpResponseMessage answer, int status, string? code)
    {
        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Equal("gateway", Source(answer));
        var error = await ErrorAsync(answer);
        Assert.Equal(code, Text(error, "code"));
        Assert.NotEmpty(Text(error, "type")!);
        return Text(error, "message")!;
    }

    /// <summary>Every member that the fixture names; on the Messages API there are only type and message.</summary>
    public static void AssertExpected(JsonElement error, ErrorExpectation expect, bool anthropic)
    {
        Assert.Contains(expect.Message ?? "", Text(error, "message")!, StringComparison.Ordinal);
        Assert.Equal(expect.Type, Text(error, "type"));
        if (!anthropic)
        {
            Assert.Equal(expect.Code, Text(error, "code"));
            Assert.Equal(expect.Param, Text(error, "param"));
        }
    }

    public static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value.ToString() : null;

    /// <summary>The data of each event.</summary>
    public static IReadOnlyList<string> Data(byte[] stream) =>
    [
        .. Frames.Split(stream)
            .Select(frame => string.Concat(Encoding.UTF8.GetString(frame).Split('\n').Where(line => line.StartsWith("data:", StringComparison.Ordinal)).Select(line => line[5..].Trim())))
            .Where(data => data.Length > 0),
    ];
}
