using Gateway.Commands;
using Gateway.Commands.Doctor;
using Gateway.Hosting;

InlineSockets.Enable();
if (args is ["generate", .. var options])
{
    return GenerateCommand.Run(options, Console.Out, Console.Error);
}

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
    return CheckConfigCommand.Run(checkedFile, EnvironmentSource.AtStart(Environment.CurrentDirectory), Console.Out, Console.Error);
}

if (args is ["doctor", .. var unexpected])
{
    return await DoctorCommand.RunAsync(unexpected, EnvironmentSource.AtStart(Environment.CurrentDirectory), Console.Out, Console.Error);
}

return await ServeCommand.RunAsync(args, Console.Error);
