using Gateway.Engines;
using Gateway.Engines.Endpoints;

namespace Gateway.Generator;

/// <summary>Where the gateway changes what passes between client and engine.</summary>
internal static class EngineDialectFacts
{
    public static IEnumerable<string> Requests(RequestDialect dialect)
    {
        foreach (var fix in dialect.Fixes)
        {
            yield return $"{Markdown.Code(fix.Field)}{On(fix.Endpoints)}: {Markdown.Text(fix.Why)}";
        }

        foreach (var copy in dialect.Copies)
        {
            yield return $"{Markdown.Code(copy.From)} also as {Markdown.Code(copy.To)}{On(copy.Endpoints)}: {Markdown.Text(copy.Why)}";
        }

        if (dialect.SendModelAs is not null)
        {
            yield return $"`model` is sent as {Markdown.Code(dialect.SendModelAs)}.";
        }

        if (dialect.RefusedModelSuffixes.Count > 0)
        {
            yield return $"Model names ending in {Markdown.Codes(dialect.RefusedModelSuffixes)} are refused with 404.";
        }

        if (dialect.OnlyListedModels)
        {
            yield return "Only models that the engine lists are passed on, whatever `GATEWAY_UNKNOWN_MODEL` says.";
        }

        if (dialect.Continuation is { } continuation)
        {
            yield return $"It can continue a stream that broke on another replica (`GATEWAY_RESUME=continue`). {Markdown.Text(continuation.Source)}";
        }

        if (dialect.OutlivesCaller is { } outlives)
        {
            yield return $"{Markdown.Text(outlives)} So the gateway requests non-streaming completions as a stream and assembles them (`GATEWAY_STREAM_PLAIN`).";
        }

        if (dialect.RefusesLongAnswers is { } refuses)
        {
            yield return $"{Markdown.Text(refuses)} So `max_tokens`, `max_completion_tokens` and `max_output_tokens` are lowered to it (`GATEWAY_CLAMP_MAX_TOKENS`).";
        }

        if (dialect.SystemFirst is { } first)
        {
            yield return $"{Markdown.Text(first.Why)} So texts of the system and of developers are joined into one that stands first{On(first.Endpoints)} (`GATEWAY_MERGE_SYSTEM`).";
        }

        if (dialect.ThinkingByTemplate is { } thinking)
        {
            yield return $"{Markdown.Text(thinking)} So they are sent as `enable_thinking` and `reasoning_effort` in `chat_template_kwargs`; `xhigh` and `max` are `high` there.";
        }

        if (dialect.SearchesTools)
        {
            yield return "Tools with `defer_loading` pass to it, as it has a search for them.";
        }

        if (dialect.RunsServerTools)
        {
            yield return "Tools that it runs itself, such as `web_search`, pass to it, unless `GATEWAY_SERVER_TOOLS=strip`.";
        }

        if (dialect.Media.Opened.Count > 0)
        {
            yield return $"It may open a file on its host, or fetch a URL, named in {Markdown.Codes(dialect.Media.Opened)}: with `GATEWAY_MEDIA_URLS=deny` only data passes there.";
        }

        if (dialect.FetchesMarkdownImages)
        {
            yield return "The engine fetches images that a text names in Markdown; `GATEWAY_MEDIA_URLS=deny` covers them too.";
        }
    }

    public static IEnumerable<string> Answers(ResponseDialect dialect) => dialect.Notes.Select(Markdown.Text);

    public static IEnumerable<string> Stripped(EngineProfile engine)
    {
        (string What, IReadOnlyList<string> Names)[] kinds =
        [
            ("Request fields", engine.Requests.StripFields),
            ("Request headers", engine.Requests.StripHeaders),
            ("Query parameters", engine.Requests.StripQuery),
            ("Response headers", engine.Responses.StripHeaders),
        ];
        return kinds.Where(kind => kind.Names.Count > 0).Select(kind => $"{kind.What}: {Markdown.Codes(kind.Names)}");
    }

    private static string On(IReadOnlyList<EndpointId>? endpoints) =>
        endpoints is null || endpoints.Count == 0 ? "" : $" on {Markdown.Codes(endpoints.Select(id => EndpointCatalog.Find(id).Route))}";
}
