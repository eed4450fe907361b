using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Xunit;

namespace Gateway.EndToEndTests;

/// <summary>Who may reach the routes that manage engines: the operator, and only where it was asked for.</summary>
public sealed class ManagementTests
{
    private const string AdminKey = "admin-key-77aa";

    [Fact]
    public async Task Backends_NoAdminKeySet_DoNotExist()
    {
        await using var environment = await TestEnvironment.StartAsync("vllm", ("GATEWAY_MANAGEMENT", "on"));

        Assert.Equal(HttpStatusCode.NotFound, (await environment.Client.GetAsync("/backends")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await environment.Client.GetAsync("/api/nodes")).StatusCode);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(RunningGateway.ClientKey)]
    public async Task Backends_NotTheOperator_AreRefused(string? key)
    {
        await using var environment = await TestEnvironment.StartAsync("vllm", ("ADMIN_API_KEY", AdminKey));
        using var client = environment.Gateway.NewClient(key);

        foreach (var path in (string[])["/backends", "/backends/jobs", "/api/nodes", "/api/audit"])
        {
            Assert.Equal(HttpStatusCode.Unauthorized, (await client.GetAsync(path)).StatusCode);
        }
    }

    [Fact]
    public async Task Backends_ManagementNotAskedFor_SayHowToTurnItOn()
    {
        await using var environment = await TestEnvironment.StartAsync("vllm", ("ADMIN_API_KEY", AdminKey));
        using var client = environment.Gateway.NewClient(AdminKey);

        using var answer = await client.GetAsync("/backends");

        var error = (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("error");
        Assert.Equal((HttpStatusCode.NotFound, "management_off"), (answer.StatusCode, error.GetProperty("code").GetString()));
        Assert.Contains("GATEWAY_MANAGEMENT", error.GetProperty("message").GetString(), StringComparison.Ordinal);
    }
}
