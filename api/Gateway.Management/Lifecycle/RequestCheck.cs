using Gateway.Engines;
using Gateway.Management.Docker;

namespace Gateway.Management.Lifecycle;

/// <summary>Holds a request to the profile of its engine before anything is touched.</summary>
internal static class RequestCheck
{
    private const int LongestName = 63;

    /// <summary>Checks it.</summary>
    /// <returns>The profile, its container, and the image that is meant.</returns>
    /// <exception cref="LifecycleException">It cannot be installed; the message says what to change.</exception>
    public static (EngineProfile Engine, EngineContainer Container, ImageReference Image) Check(EngineRequest request)
    {
        if (!IsName(request.Name))
        {
            throw Invalid($"{Shorten(request.Name)} is no name for an engine: it takes 1 to {LongestName} lower-case letters, digits, -, _ or ., with a letter or digit first.");
        }

        var engine = EngineCatalog.Find(request.Kind) ?? throw Invalid($"{Shorten(request.Kind)} is no engine: it takes {string.Join(", ", Installable())}.");
        var container = engine.Deployment.Container ?? throw Invalid($"{engine.DisplayName} does not run in a container: install one of {string.Join(", ", Installable())}.");
        var text = request.Image ?? (container.Images.TryGetValue(request.Accelerator, out var own)
            ? own
            : throw Invalid($"{engine.DisplayName} has no image for {Word(request.Accelerator)}: it takes {string.Join(", ", container.Images.Keys.Select(Word))}, or an image of your own."));
        var image = ImageReference.Parse(text) ?? throw Invalid($"{Shorten(text)} is no name of an image: it takes repository:tag or repository@sha256:….");
        if (request.Digest is { } digest && !ImageReference.IsDigest(digest))
        {
            throw Invalid($"{Shorten(digest)} is no digest: it takes sha256: and 64 hexadecimal digits.");
        }

        CheckModel(engine, container, request);
        foreach (var (name, value) in request.Options)
        {
            CheckOption(engine, name, value);
        }

        return (engine, container, image);
    }

    private static void CheckModel(EngineProfile engine, EngineContainer container, EngineRequest request)
    {
        if (string.IsNullOrEmpty(request.Model) && EngineArguments.NeedsModel(container))
        {
            throw Invalid($"{engine.DisplayName} does not start without a model. {engine.Deployment.ModelName} For instance {engine.Deployment.ModelExample}. Set MODEL_NAME, or name one with the request.");
        }

        if (request.Model is { } model && (model.Length > 512 || model.Any(char.IsControl) || model.StartsWith('-')))
        {
            throw Invalid("The model's name is too long, begins with a dash, or has signs that no name has.");
        }

        // It becomes a part of a path inside the container.
        if (EngineArguments.ModelFolder(container) is not null && request.Model!.Split('/').Contains(".."))
        {
            throw Invalid("The model's name leads out of its folder.");
        }
    }

    private static void CheckOption(EngineProfile engine, string name, string value)
    {
        var option = engine.Deployment.Options.FirstOrDefault(option => option.Variable == name)
            ?? throw Invalid($"{Shorten(name)} is no option of {engine.DisplayName}: it takes {string.Join(", ", engine.Deployment.Options.Select(option => option.Variable))}.");
        if (value.Length > 4096 || value.Contains('\0', StringComparison.Ordinal))
        {
            throw Invalid($"The value of {name} is too long.");
        }

        if (value.Length > 0 && option.Allowed is { } allowed && !allowed.Contains(value))
        {
            throw Invalid($"{name} takes {string.Join(", ", allowed)}.");
        }
    }

    private static bool IsName(string name) =>
        name.Length is > 0 and <= LongestName && char.IsAsciiLetterOrDigit(name[0]) && name.All(sign => char.IsAsciiLetterLower(sign) || char.IsAsciiDigit(sign) || sign is '-' or '_' or '.');

    private static IEnumerable<string> Installable() =>
        EngineCatalog.All.Where(engine => engine.Deployment.Container is not null).Select(engine => engine.Id);

    private static string Word(Accelerator accelerator) => accelerator.ToString().ToLowerInvariant();

    private static string Shorten(string text) => text.Length <= 80 ? text : text[..80] + "…";

    private static LifecycleException Invalid(string message) => new(LifecycleReason.Invalid, message);
}
