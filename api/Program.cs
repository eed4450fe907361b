using Gateway.Commands;

if (args is ["generate", .. var options])
{
    return GenerateCommand.Run(options, Console.Out, Console.Error);
}

var builder = WebApplication.CreateSlimBuilder(args);
var app = builder.Build();
app.Run();
return 0;
