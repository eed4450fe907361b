using Gateway.Engines;

namespace Gateway.Generator.Compose;

/// <summary><c>compose/&lt;kind&gt;.yml</c>: one engine as a service under a profile of its own name.</summary>
internal static class ComposeService
{
    // The engine's service is stopped after the gateway, which drains first; what still runs then is given the same time again.
    private const string Grace = "${GATEWAY_DRAIN_SECONDS:-30}s15s";

    /// <summary>The engines that have a container, in the order of the table.</summary>
    public static IEnumerable<(EngineProfile Engine, EngineContainer Container)> All =>
        EngineCatalog.All.Where(engine => engine.Deployment.Container is not null).Select(engine => (engine, engine.Deployment.Container!));

    /// <summary>Overrides the image for every accelerator.</summary>
    public static string ImageVariable(EngineProfile engine) => engine.Deployment.Prefix + "IMAGE";

    public static string Render(EngineProfile engine, EngineContainer container)
    {
        var yaml = new YamlText(0);
        yaml.Comment($"{engine.DisplayName}: {engine.Summary}");
        yaml.Comment($"Generated from the engine's profile by `make generate`. deploy/env/{engine.Id}.env lists the settings; set them in .env.");
        if (ModelFile(container) is { } file)
        {
            yaml.Comment("It does not start without this file.").Value("x-model-file", file);
        }

        yaml.Below("services", () => yaml.Below(engine.Id, () =>
        {
            yaml.Values("profiles", [engine.Id]);
            yaml.Below("extends", () => yaml.Line("file: compose/gpu/${GPU:-nvidia}.yml").Line("service: engine"));
            yaml.Line($"image: ${{{ImageVariable(engine)}:-{engine.Id}-has-no-image-for-this-gpu}}");
            Command(yaml, engine, container);
            Environment(yaml, engine, container);
            Volumes(yaml, container);
            Rights(yaml, container);
            yaml.Below("healthcheck", () => HealthCheck(yaml, container));
            yaml.Line($"stop_grace_period: {Grace}");
        }));
        return yaml.ToString();
    }

    /// <summary>The file on the host that an argument names by <c>MODEL_NAME</c>, if there is one: nothing can fetch it for the engine.</summary>
    public static string? ModelFile(EngineContainer container) => container.Volumes
        .Where(volume => volume.ReadOnly && container.Command.Contains($"{volume.ContainerPath}/${{MODEL_NAME}}"))
        .Select(volume => $"data/{volume.HostFolder}/${{MODEL_NAME:-}}")
        .FirstOrDefault();

    private static void Command(YamlText yaml, EngineProfile engine, EngineContainer container)
    {
        if (container.Entrypoint is { } entrypoint)
        {
            yaml.Values("entrypoint", entrypoint.Select(ComposeArguments.Open));
        }

        var lines = ComposeArguments.Lines(engine, container).ToArray();
        if (lines.Length > 0)
        {
            yaml.Folded("command", lines);
        }
    }

    private static void Environment(YamlText yaml, EngineProfile engine, EngineContainer container)
    {
        var lines = ComposeEnvironment.Lines(engine, container).ToArray();
        if (lines.Length > 0)
        {
            yaml.Below("environment", () => Array.ForEach(lines, line => yaml.Line($"- {YamlText.Quote(line)}")));
        }
    }

    private static void Volumes(YamlText yaml, EngineContainer container)
    {
        if (container.Volumes.Count > 0)
        {
            yaml.Values("volumes", container.Volumes.Select(volume => $"./data/{volume.HostFolder}:{volume.ContainerPath}{(volume.ReadOnly ? ":ro" : "")}"));
        }
    }

    private static void Rights(YamlText yaml, EngineContainer container)
    {
        var writes = container.Volumes.Any(volume => !volume.ReadOnly);
        // An engine that can keep nothing has nothing to fetch: it is left without a way out.
        yaml.Values("networks", writes ? ["engines", "downloads"] : ["engines"]);
        if (writes && container.User is null)
        {
            // Folders below data/ may belong to the user who made them, and root without these may not write there.
            yaml.Values("cap_add", ["CHOWN", "DAC_OVERRIDE", "FOWNER"]);
        }

        if (container.User is { } user)
        {
            yaml.Value("user", user);
        }

        if (container.ReadOnlyRoot)
        {
            yaml.Line("read_only: true").Values("tmpfs", ["/tmp"]);
        }

        if (container.SharedMemory is { } size)
        {
            yaml.Value("shm_size", size);
        }
    }

    private static void HealthCheck(YamlText yaml, EngineContainer container)
    {
        yaml.Values("test", ["CMD", .. container.HealthCheck.Select(ComposeArguments.Open)]);
        yaml.Line("interval: 5s").Line("timeout: 5s").Line("retries: 3").Line($"start_period: {container.StartPeriodSeconds}s");
    }
}
