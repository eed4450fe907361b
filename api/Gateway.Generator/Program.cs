using Gateway.Generator;

return GenerateCommand.Run(args, System.Console.Out, System.Console.Error);
