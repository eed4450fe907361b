using System.Diagnostics;
using System.Globalization;
using Gateway.Engines;
using Gateway.Engines.Endpoints;

namespace Gateway.Generator;

/// <summary>The facts of an engine that fit one line each.</summary>
internal static class EngineFacts
{
    /// <summary>Label and text; a text is empty where the engine has nothing to say.</summary>
    public static IEnumerable<(string Label, string Text)> Of(EngineProfile engine) =>
    [
        ("Kind", Markdown.Code(engine.Id)),
        ("Read from", Markdown.Text(engine.ReadAt)),
        ("Where", Where(engine)),
        ("Health", Health(engine.Health)),
        ("Key", Key(engine.Auth)),
        ("Models", Models(engine.Models)),
        ("`MODEL_NAME`", $"{Markdown.Text(engine.Deployment.ModelName)} Example: {Markdown.Code(engine.Deployment.ModelExample)}."),
        ("Other paths", OtherPaths(engine.Endpoints)),
        ("Usage on streams", StreamUsages(engine.Responses)),
        ("Errors", Errors(engine.Errors)),
        ("Load gauges", Load(engine.Load)),
        ("Idle connections", $"dropped after {engine.IdleConnectionSeconds} s, before the engine does."),
    ];

    private static string Where(EngineProfile engine)
    {
        if (engine.Demonstration)
        {
            return "inside the gateway, on a free loopback port.";
        }

        var deployment = engine.Deployment;
        var local = deployment.LocalBaseUrl is null || deployment.LocalBaseUrl == deployment.BaseUrl ? "" : $" in a container network, {Markdown.Code(deployment.LocalBaseUrl)} on the same host";
        var found = engine.Detection is null ? "" : $" `auto` searches for it on {(engine.Detection.Ports.Count == 1 ? "port" : "ports")} {string.Join(", ", engine.Detection.Ports)}.";
        return $"{Markdown.Code(deployment.BaseUrl)}{local}.{found}";
    }

    private static string Health(HealthProbe probe)
    {
        var answers = probe.Rules.GroupBy(rule => rule.Status).Select(Answer);
        var note = probe.Note is null ? "" : " " + Markdown.Text(probe.Note);
        return $"`GET {probe.Path}`{(probe.SendsKey ? " with the key" : "")}: {string.Join("; ", answers)}; any other answer is {State(EngineState.Degraded)}; "
            + $"a refused connection before the first good answer is {State(probe.Refused)}.{note}";
    }

    private static string Answer(IGrouping<int?, HealthRule> rules)
    {
        var states = rules.Select(rule => State(rule.State)).Distinct().ToArray();
        var body = rules.All(rule => rule.Body is null) ? "" : states.Length == 1 ? " where its body says so" : ", as its body says";
        return $"{rules.Key?.ToString(CultureInfo.InvariantCulture) ?? "any status"} is {string.Join(" or ", states)}{body}";
    }

    private static string State(EngineState state) => Markdown.Code(state.ToString().ToLowerInvariant());

    private static string Key(UpstreamAuth auth) =>
        auth.Header is null
            ? "the engine has no keys: allow only the gateway to reach it."
            : $"sent as {Markdown.Code($"{auth.Header}: {auth.Prefix}…")}.{(auth.EngineSetting is null ? "" : $" The engine receives it through {Markdown.Text(auth.EngineSetting)}.")}";

    private static string Models(ModelListing models)
    {
        var length = models.Length is { } second ? $" Context length from {Markdown.Code(second.Path)}." : "";
        var note = models.Note is null ? "" : " " + Markdown.Text(models.Note);
        return $"listed at {Markdown.Code(models.Path)}; `owned_by` is {Markdown.Code(models.OwnedBy)} where the engine gives none.{length}{note}";
    }

    private static string OtherPaths(SupportTable endpoints)
    {
        var moved = EndpointCatalog.All.Where(spec => endpoints[spec.Id].Path is not null).Select(spec => $"{Markdown.Code(spec.Route)} is {Markdown.Code(endpoints[spec.Id].Path!)} there");
        return string.Join("; ", moved) is { Length: > 0 } text ? text + "." : "";
    }

    private static string StreamUsages(ResponseDialect dialect) =>
        dialect.ChatUsage == dialect.CompletionUsage
            ? $"{Usage(dialect.ChatUsage)}."
            : $"chat {Usage(dialect.ChatUsage)}; completions {Usage(dialect.CompletionUsage)}.";

    private static string Usage(StreamUsage usage) => usage switch
    {
        StreamUsage.OnRequest => "when `stream_options.include_usage` requests it, as the gateway does",
        StreamUsage.Always => "always",
        StreamUsage.Never => "never",
        _ => throw new UnreachableException(),
    };

    private static string Errors(ErrorDialect errors)
    {
        var codes = errors.Rules.Select(rule => rule.AsCode).OfType<string>().Distinct().ToArray();
        return Markdown.Text(errors.Shapes) + (codes.Length == 0 ? "" : $" Recognised: {Markdown.Codes(codes)}.");
    }

    private static string Load(LoadGauges load)
    {
        if (load.Path is null)
        {
            return "none.";
        }

        (string Name, IReadOnlyList<string> Series)[] gauges =
        [
            ("running", load.Running),
            ("waiting", load.Waiting),
            ("KV cache", load.KvCacheUsage),
            ("prefix cache hit ratio", load.PrefixCacheHitRatio),
            ("prefix cache hits", load.PrefixCacheHits),
            ("prefix cache queries", load.PrefixCacheQueries),
            ("prefix cache misses", load.PrefixCacheMisses),
        ];
        var told = gauges.Where(gauge => gauge.Series.Count > 0).Select(gauge => $"{gauge.Name} {Markdown.Codes(gauge.Series)}");
        return $"{Markdown.Code(load.Path)}{(load.Needs is null ? "" : $" with {Markdown.Code(load.Needs)}")}: {string.Join("; ", told)}.";
    }
}
