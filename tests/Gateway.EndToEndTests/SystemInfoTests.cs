using System.Net;
using System.Text.Json;
using Xunit;

namespace Gateway.EndToEndTests;

/// <summary><c>/system-info</c>: for the operator, and without a secret in it.</summary>
public sealed class SystemInfoTests
{
    private const string AdminKey = "admin-key-77aa";

    [Fact]
    public async Task SystemInfo_NoAdminKeySet_DoesNotExist()
    {
        await using var environment = await TestEnvironment.StartAsync("vllm");

        Assert.Equal(HttpStatusCode.NotFound, (await environment.Client.GetAsync("/system-info")).StatusCode);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(RunningGateway.ClientKey)]
    public async Task SystemInfo_NotTheOperator_IsRefused(string? key)
    {
        await using var environment = await TestEnvironment.StartAsync("vllm", ("ADMIN_API_KEY", AdminKey));
        using var client = environment.Gateway.NewClient(key);

        Assert.Equal(HttpStatusCode.Unauthorized, (await client.GetAsync("/system-info")).StatusCode);
    }

    [Fact]
    public async Task SystemInfo_Operator_SeesEverythingButSecrets()
    {
        await using var environment = await TestEnvironment.StartAsync("vllm", ("ADMIN_API_KEY", AdminKey));
        using var client = environment.Gateway.NewClient(AdminKey);

        var text = await client.GetStringAsync("/system-info");
        var info = JsonSerializer.Deserialize<JsonElement>(text);

        Assert.Matches(@"^\d+\.\d+\.\d+$", info.GetProperty("version").GetString());
        Assert.Matches("^([0-9a-f]{12})?$", info.GetProperty("revision").GetString());
        Assert.Equal("vllm", info.GetProperty("settings").GetProperty("BACKEND_KIND").GetString());
        Assert.Equal("***", info.GetProperty("settings").GetProperty("ADMIN_API_KEY").GetString());
        Assert.Equal("ready", info.GetProperty("backends")[0].GetProperty("state").GetString());
        Assert.Equal((await environment.Gateway.ModelsAsync())[0], info.GetProperty("backends")[0].GetProperty("models")[0].GetProperty("id").GetString());
        Assert.Contains(info.GetProperty("engines").EnumerateArray(), engine => engine.GetProperty("id").GetString() == "vllm" && engine.GetProperty("options").GetArrayLength() > 0);
        Assert.All([AdminKey, RunningGateway.ClientKey, TestEnvironment.EngineKey], secret => Assert.DoesNotContain(secret, text, StringComparison.Ordinal));
    }
}
