using Gateway.Commands;
using Gateway.Commands.Doctor;
using Gateway.Commands.Launch;
using Gateway.Hosting;
using Gateway.Reload;

InlineSockets.Enable();
try
{
    return await RunAsync(args);
}
catch (StartupException e)
{
    // Before a command has begun: what every command reads is wrong.
    foreach (var fault in e.Faults)
    {
        await Console.Error.WriteLineAsync(fault);
    }

    return StartupException.ExitCode;
}

static async Task<int> RunAsync(string[] args)
{
    if (args is ["health", .. var asked])
    {
        return await HealthCommand.RunAsync(asked, EnvironmentSource.Read(Environment.CurrentDirectory), Console.Out, Console.Error);
    }

    if (args is ["reload"])
    {
        return await ReloadCommand.RunAsync(EnvironmentSource.Read(Environment.CurrentDirectory), Console.Error);
    }

    if (args is ["docker-proxy", .. var proxied])
    {
        return await DockerProxyCommand.RunAsync(proxied, Console.Error);
    }

    if (args is ["check-config", .. var checkedFile])
    {
        var folder = Environment.CurrentDirectory;
        return CheckConfigCommand.Run(
            checkedFile, EnvironmentSource.AtStart(folder), Console.Out, Console.Error, EnvironmentSource.Warnings(Path.Combine(folder, EnvironmentSource.FileName)));
    }

    if (args is ["doctor", .. var unexpected])
    {
        return await DoctorCommand.RunAsync(unexpected, Environment.CurrentDirectory, Console.Out, Console.Error);
    }

    if (args is ["launch", .. var launched])
    {
        var settings = EnvironmentSource.Read(Environment.CurrentDirectory);
        return await LaunchCommand.RunAsync(launched, settings, Environment.GetEnvironmentVariable(LaunchClients.KeyVariable), Console.Out, Console.Error);
    }

    return await ServeCommand.RunAsync(args, Console.Error);
}
