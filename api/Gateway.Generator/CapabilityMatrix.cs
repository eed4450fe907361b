using System.Diagnostics;
using System.Text;
using Gateway.Engines;
using Gateway.Engines.Endpoints;

namespace Gateway.Generator;

/// <summary>Engines × endpoints, one symbol a cell, with the reasons as numbered notes below.</summary>
internal static class CapabilityMatrix
{
    public static string Render()
    {
        var engines = EngineCatalog.All;
        var notes = new List<string>();
        var rows = Rows(engines).Select(row => (string[])[Label(row), .. engines.Select(engine => Cell(engine.Endpoints[row[0].Id], notes))]).ToArray();

        var text = new StringBuilder();
        text.Append(Markdown.Table(["Endpoint", .. engines.Select(engine => engine.DisplayName)], rows));
        text.Append("\n● served · ◐ served with a difference · ○ served if the engine meets the condition in the note · – not served: 501 with the text of the note\n\n");
        foreach (var (index, note) in notes.Index())
        {
            text.Append(index + 1).Append(". ").Append(Markdown.Text(note)).Append('\n');
        }

        return text.ToString();
    }

    /// <summary>The endpoints in order; families that every engine answers alike share a row.</summary>
    public static IReadOnlyList<IReadOnlyList<EndpointSpec>> Rows(IReadOnlyList<EngineProfile> engines)
    {
        var rows = new List<List<EndpointSpec>>();
        foreach (var spec in EndpointCatalog.All)
        {
            var same = rows.Find(row => spec.Family && row[0].Family && engines.All(engine => engine.Endpoints[row[0].Id] == engine.Endpoints[spec.Id]));
            if (same is null)
            {
                rows.Add([spec]);
            }
            else
            {
                same.Add(spec);
            }
        }

        return rows;
    }

    /// <summary>A route as a reader writes it, with its method where there is one.</summary>
    public static string Route(EndpointSpec spec)
    {
        var route = spec.Route.Replace("{**rest}", "…", StringComparison.Ordinal).Replace("{**", "{", StringComparison.Ordinal);
        var methods = spec.Methods.Where(method => method != "HEAD").ToArray();
        return methods.Length == 1 ? $"{methods[0]} {route}" : route;
    }

    /// <summary>Many families in a row are told by their names alone, or the column would fill the page.</summary>
    private static string Label(IReadOnlyList<EndpointSpec> row) =>
        row.Count == 1 ? Markdown.Code(Route(row[0])) : $"Below `/v1/`: {string.Join(", ", row.Select(spec => Route(spec)["/v1/".Length..]))}";

    private static string Cell(Support support, List<string> notes)
    {
        var symbol = support.Level switch
        {
            SupportLevel.Native => "●",
            SupportLevel.Partial => "◐",
            SupportLevel.Needs => "○",
            SupportLevel.Missing => "–",
            _ => throw new UnreachableException(),
        };
        var note = string.Join(' ', new[] { support.Note, support.Alternative }.OfType<string>());
        if (note.Length == 0)
        {
            return symbol;
        }

        if (!notes.Contains(note))
        {
            notes.Add(note);
        }

        return $"{symbol}<sup>{notes.IndexOf(note) + 1}</sup>";
    }
}
