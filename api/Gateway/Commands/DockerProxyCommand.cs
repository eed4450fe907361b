using Gateway.Management.Docker;
using Gateway.Management.Proxy;

namespace Gateway.Commands;

/// <summary>
/// <c>gateway docker-proxy --listen SOCKET [--docker unix:///…] [--folder PATH] [--read-only]</c>: the allow-listing proxy between
/// the gateway and a Docker Engine, in a process, and a container, of its own.
/// </summary>
internal static class DockerProxyCommand
{
    private const int WrongUsage = 64;
    private const string Usage = "usage: gateway docker-proxy --listen /path/of/socket [--docker unix:///var/run/docker.sock] [--folder /host/folder/that/may/be/mounted] [--read-only]";

    // Whoever can reach the socket's folder may use it: that is the gateway, which is not root.
    private const UnixFileMode ForAll = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    public static async Task<int> RunAsync(string[] args, TextWriter errors)
    {
        var options = Read(args);
        if (options is null || !options.TryGetValue("--listen", out var socket))
        {
            await errors.WriteLineAsync(Usage);
            return WrongUsage;
        }

        var (address, fault) = DockerAddress.Parse(options.GetValueOrDefault("--docker", DockerAddress.Default), certificates: null);
        if (address is null)
        {
            await errors.WriteLineAsync(fault);
            return WrongUsage;
        }

        await using var app = Build(socket, address, options.GetValueOrDefault("--folder"), options.ContainsKey("--read-only"));
        await app.StartAsync();
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(socket, ForAll);
        }

        await app.WaitForShutdownAsync();
        return 0;
    }

    /// <summary>The proxy as a server, ready to be started.</summary>
    public static WebApplication Build(string socket, DockerAddress address, string? folder, bool readOnly)
    {
        // What an earlier process left there would be in the way.
        File.Delete(socket);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "gateway" });
        builder.WebHost.UseKestrelCore();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = DockerProxy.MaxBody;
            kestrel.ListenUnixSocket(socket);
        });
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning);
        builder.Logging.AddSimpleConsole(console => console.SingleLine = true);
        builder.Services.AddSingleton(provider => new DockerProxy(address, string.IsNullOrEmpty(folder) ? null : folder, readOnly, provider.GetRequiredService<ILoggerFactory>().CreateLogger("docker-proxy")));
        var app = builder.Build();
        app.Run(app.Services.GetRequiredService<DockerProxy>().HandleAsync);
        return app;
    }

    private static Dictionary<string, string>? Read(string[] args)
    {
        var options = new Dictionary<string, string>();
        for (var i = 0; i < args.Length; i++)
        {
            if (args[i] == "--read-only")
            {
                options[args[i]] = "";
            }
            else if (args[i] is "--listen" or "--docker" or "--folder" && i + 1 < args.Length)
            {
                options[args[i]] = args[++i];
            }
            else
            {
                return null;
            }
        }

        return options;
    }
}
