using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Gateway.Engines;

namespace Gateway.Management.Lifecycle;

/// <summary>Works out a new version of an engine: its image, its container's name, where it is reached.</summary>
internal sealed partial class VersionPlan(EngineJournal journal, PlaceFinder places, TimeProvider clock)
{
    // Below the ports that Linux gives to outgoing connections.
    public const int FirstPort = 20000;
    public const int LastPort = 32000;

    /// <summary>Looks at everything that can be known before anything is changed.</summary>
    /// <param name="host">Where.</param>
    /// <param name="request">What.</param>
    /// <param name="before">The version that it replaces.</param>
    /// <param name="slot">The slot that it takes over; null: one of its own.</param>
    /// <param name="cancellationToken">Gives it up.</param>
    public async Task<(EngineVersion Version, ResolvedImage Image)> MakeAsync(EngineHost host, EngineRequest request, EngineVersion? before, EngineSlot? slot, CancellationToken cancellationToken)
    {
        var (engine, container, reference) = RequestCheck.Check(request);
        var place = await places.FindAsync(host, cancellationToken);
        CheckFolders(place, container, request);
        var image = await ImageResolver.ResolveAsync(host, reference, request.Digest, cancellationToken);
        if (image.Pull is not null)
        {
            await ImageResolver.CheckRoomAsync(host, before?.Image, cancellationToken);
        }

        var name = $"gateway-{request.Name}-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4))}";
        return (new EngineVersion
        {
            Request = request,
            Container = name,
            Slot = slot ?? place.Slot(name, container.Port, FreePort(host)),
            Image = image.CreateFrom,
            Digest = image.Digest,
            Reference = reference.ToString(),
            ApiKey = place.Open && EngineArguments.KeySetting(engine) is not null ? before?.ApiKey ?? Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24)) : null,
            InstalledAt = clock.GetUtcNow(),
        }, image);
    }

    /// <summary>It is a name such as containers of engines get.</summary>
    public static bool IsContainerName(string name) => ContainerName().IsMatch(name);

    [GeneratedRegex(@"\Agateway-[a-z0-9][a-z0-9_.-]*-[0-9a-f]{8}\z")]
    private static partial Regex ContainerName();

    private static void CheckFolders(EnginePlace place, EngineContainer container, EngineRequest request)
    {
        if (!place.SeesFolders || place.Folders is not { } folders)
        {
            return;
        }

        foreach (var volume in container.Volumes)
        {
            // Made by the gateway, the folder belongs to its user and not to root.
            Directory.CreateDirectory(Path.Combine(folders, volume.HostFolder));
        }

        if (EngineArguments.ModelFolder(container) is { } models && !File.Exists(Path.Combine(folders, models.HostFolder, request.Model!)))
        {
            throw new LifecycleException(LifecycleReason.Invalid, $"There is no file {request.Model} in {Path.Combine(folders, models.HostFolder)}: put the model there first.");
        }
    }

    private int FreePort(EngineHost host)
    {
        var used = journal.All.Where(record => record.Key.Node == host.Node.Id).SelectMany(record => new[] { record.Current?.Slot.Port, record.Operation?.Other?.Slot.Port }).ToHashSet();
        for (var tries = 0; tries < 200; tries++)
        {
            var port = RandomNumberGenerator.GetInt32(FirstPort, LastPort);
            if (!used.Contains(port) && (!host.Address.IsLocal || IsFree(port)))
            {
                return port;
            }
        }

        throw new LifecycleException(LifecycleReason.NoRoom, $"No port from {FirstPort} to {LastPort} is free on {host.Node.Name}.");
    }

    private static bool IsFree(int port)
    {
        using var listener = new TcpListener(IPAddress.Loopback, port);
        try
        {
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
