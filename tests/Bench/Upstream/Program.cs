using System.Globalization;
using Gateway.Bench.Upstream;

// The engine that is measured against: as lean as can be, so that what is seen is the proxy. Arguments: port, number of models.

var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
builder.WebHost.UseKestrelCore();
builder.WebHost.ConfigureKestrel(kestrel =>
{
    kestrel.AddServerHeader = false;
    kestrel.Limits.MaxRequestBodySize = null;
    // Every address of 127/8 leads here: replicas that differ by address are one program.
    kestrel.ListenAnyIP(int.Parse(args[0], CultureInfo.InvariantCulture));
});

var app = builder.Build();
app.Run(new Engine(int.Parse(args[1], CultureInfo.InvariantCulture)).HandleAsync);
await app.RunAsync();
