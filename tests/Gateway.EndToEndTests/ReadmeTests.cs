using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Xunit;

namespace Gateway.EndToEndTests;

/// <summary>The lines that the README prints work as printed, on a machine without an engine.</summary>
public sealed partial class ReadmeTests
{
    private static readonly string Readme = Clone.Read("README.md");

    [Fact]
    public async Task Curl_AsPrinted_GetsAnAnswer()
    {
        await using var gateway = await RunningGateway.StartAsync(new Dictionary<string, string> { ["BACKEND_KIND"] = "demo", ["API_KEYS"] = "" });
        var printed = Curl().Match(Readme);
        Assert.True(printed.Success, "README.md has no curl line of the known form.");

        using var content = new StringContent(printed.Groups["body"].Value, Encoding.UTF8);
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(printed.Groups["type"].Value);
        using var answer = await gateway.Anonymous.PostAsync(new Uri(gateway.Url, printed.Groups["path"].Value), content);
        using var json = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.NotEmpty(json.RootElement.GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString()!);
    }

    [Fact]
    public async Task Models_AsPrintedEverywhere_AreListed()
    {
        await using var gateway = await RunningGateway.StartAsync(new Dictionary<string, string> { ["BACKEND_KIND"] = "demo", ["API_KEYS"] = "" });
        var list = "";
        await Wait.UntilAsync(
            async () => (list = await gateway.Anonymous.GetStringAsync(new Uri(gateway.Url, "/v1/models"))).Contains("\"id\"", StringComparison.Ordinal),
            "the demo's model in the list");

        var models = Model().Matches(Readme).Select(match => match.Groups[1].Value).Distinct();
        Assert.Equal(["demo"], models);
        Assert.Contains("\"id\":\"demo\"", list, StringComparison.Ordinal);
    }

    [Fact]
    public void Urls_OfTheGateway_AreTheDefaultAddress() =>
        Assert.All(Address().Matches(Readme), match => Assert.Matches("^http://127.0.0.1:8000(/|$)", match.Value));

    [GeneratedRegex(@"curl http://127\.0\.0\.1:8000(?<path>\S+) \\\s+-H 'Content-Type: (?<type>[^']+)' \\\s+-d '(?<body>[^']+)'")]
    private static partial Regex Curl();

    [GeneratedRegex(@"""?\bmodel""?\s*[:=]\s*""([^""]+)""")]
    private static partial Regex Model();

    [GeneratedRegex(@"(?<=curl |base_url=""|baseURL: "")http://[^\s""`]+")]
    private static partial Regex Address();
}
