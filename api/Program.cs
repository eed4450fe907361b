using Gateway.Commands;

if (args is ["generate", .. var options])
{
    return GenerateCommand.Run(options, Console.Out, Console.Error);
}

return await ServeCommand.RunAsync(args, Console.Error);
