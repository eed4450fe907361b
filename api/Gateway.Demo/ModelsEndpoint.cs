namespace Gateway.Demo;

/// <summary>The list of models, which has one entry.</summary>
internal static class ModelsEndpoint
{
    private static readonly ModelEntry Entry = new(DemoModel.Id, "model", DemoModel.Created, DemoModel.OwnedBy, DemoModel.ContextLength);

    public static Task ListAsync(HttpContext context) =>
        DemoJson.WriteAsync(context, StatusCodes.Status200OK, new ModelList("list", [Entry]), DemoJson.Wire.ModelList);

    public static Task RetrieveAsync(HttpContext context) =>
        DemoJson.WriteAsync(context, StatusCodes.Status200OK, Entry, DemoJson.Wire.ModelEntry);
}

internal sealed record ModelList(string Object, IReadOnlyList<ModelEntry> Data);

internal sealed record ModelEntry(string Id, string Object, long Created, string OwnedBy, int MaxModelLen);
