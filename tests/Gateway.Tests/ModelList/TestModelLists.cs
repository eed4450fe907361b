using Gateway.Proxy.Models;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gateway.Tests.ModelList;

/// <summary>Readers of model lists whose calls go out as the gateway's do.</summary>
internal static class TestModelLists
{
    private static readonly ServiceProvider Services = new ServiceCollection().AddModelLists().BuildServiceProvider();

    public static ModelListCache Of(TimeProvider clock) => new(Services.GetRequiredService<ModelListClient>(), clock, NullLogger<ModelListCache>.Instance);
}
