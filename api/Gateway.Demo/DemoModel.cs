namespace Gateway.Demo;

/// <summary>The one model that the demo lists. It is none.</summary>
internal static class DemoModel
{
    public const string Id = "demo";
    public const string OwnedBy = "gateway-demo";

    /// <summary>Prompt and answer together, in tokens.</summary>
    public const int ContextLength = 8192;

    /// <summary>When it was made, as the list tells: a fixed day, since nothing was trained.</summary>
    public const long Created = 1_767_225_600;
}
