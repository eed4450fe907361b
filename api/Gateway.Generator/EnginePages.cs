using System.Text;
using Gateway.Engines;

namespace Gateway.Generator;

/// <summary>What the gateway knows of each engine, one section an engine.</summary>
internal static class EnginePages
{
    public static string Render() => string.Join('\n', EngineCatalog.All.Select(Section));

    private static string Section(EngineProfile engine)
    {
        var text = new StringBuilder();
        text.Append($"## {engine.DisplayName}\n\n{Markdown.Text(engine.Summary)}{(engine.Demonstration ? "" : $" [Documentation]({engine.Docs}).")}\n\n");
        foreach (var (label, fact) in EngineFacts.Of(engine).Where(fact => fact.Text.Length > 0))
        {
            text.Append($"- **{label}**: {fact}\n");
        }

        List(text, "Corrections of requests", EngineDialectFacts.Requests(engine.Requests));
        List(text, "Corrections of answers", EngineDialectFacts.Answers(engine.Responses));
        List(text, "Never passed on", EngineDialectFacts.Stripped(engine));
        List(text, "Container images", EngineDeploymentFacts.Images(engine.Deployment));
        if (engine.Deployment.Options.Count > 0)
        {
            text.Append($"\nOptions, to set in `.env`:\n\n{EngineDeploymentFacts.Options(engine.Deployment)}");
        }

        return text.ToString();
    }

    private static void List(StringBuilder text, string title, IEnumerable<string> entries)
    {
        foreach (var (index, entry) in entries.Index())
        {
            text.Append(index == 0 ? $"\n{title}:\n\n" : "").Append("- ").Append(entry).Append('\n');
        }
    }
}
