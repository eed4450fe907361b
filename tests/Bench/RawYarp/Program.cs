// YARP as its documentation sets it up: one route to one destination from configuration, and nothing else. Arguments: own port, upstream's URL.
using System.Globalization;
using System.Net;

var builder = WebApplication.CreateSlimBuilder();
builder.Logging.ClearProviders();
builder.WebHost.ConfigureKestrel(kestrel =>
{
    kestrel.Limits.MaxRequestBodySize = null;
    kestrel.Listen(IPAddress.Loopback, int.Parse(args[0], CultureInfo.InvariantCulture));
});
builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
{
    ["ReverseProxy:Routes:all:ClusterId"] = "upstream",
    ["ReverseProxy:Routes:all:Match:Path"] = "{**all}",
    ["ReverseProxy:Clusters:upstream:Destinations:one:Address"] = args[1],
});
builder.Services.AddReverseProxy().LoadFromConfig(builder.Configuration.GetSection("ReverseProxy"));

var app = builder.Build();
app.MapReverseProxy();
await app.RunAsync();
