// YARP as its documentation sets it up: one route to one cluster from configuration, and nothing else.
// Arguments: own port, upstream's port, number of destinations (each an address of its own on loopback).
using System.Globalization;
using System.Net;

var builder = WebApplication.CreateSlimBuilder();
builder.Logging.ClearProviders();
builder.WebHost.ConfigureKestrel(kestrel =>
{
    kestrel.Limits.MaxRequestBodySize = null;
    kestrel.Listen(IPAddress.Loopback, int.Parse(args[0], CultureInfo.InvariantCulture));
});
var settings = new Dictionary<string, string?>
{
    ["ReverseProxy:Routes:all:ClusterId"] = "upstream",
    ["ReverseProxy:Routes:all:Match:Path"] = "{**all}",
    ["ReverseProxy:Clusters:upstream:LoadBalancingPolicy"] = "PowerOfTwoChoices",
};
for (var i = 0; i < int.Parse(args[2], CultureInfo.InvariantCulture); i++)
{
    settings[FormattableString.Invariant($"ReverseProxy:Clusters:upstream:Destinations:{i}:Address")] = FormattableString.Invariant($"http://127.0.{i / 250}.{(i % 250) + 1}:{args[1]}/");
}

builder.Configuration.AddInMemoryCollection(settings);
builder.Services.AddReverseProxy().LoadFromConfig(builder.Configuration.GetSection("ReverseProxy"));

var app = builder.Build();
app.MapReverseProxy();
await app.RunAsync();
