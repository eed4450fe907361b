using Gateway.Backends;
using Gateway.Configuration;

namespace Gateway.Forwarding;

/// <summary>What forwarding to one backend needs, worked out once: its headers' rules and its body's mendings.</summary>
internal sealed class UpstreamBackend(Backend backend)
{
    public Backend Backend { get; } = backend;

    public UpstreamHeaders Headers { get; } = new(backend);

    public BodyMender Mender { get; } = new(backend.Profile.Requests);

    /// <summary>Streams are held back until they are whole.</summary>
    public bool BuffersStreams { get; } = backend.Settings.Resume == Resume.Buffer;

    /// <summary>Plain completions are asked for as a stream and put together here.</summary>
    public bool StreamsPlain { get; } = backend.Settings.StreamPlain switch
    {
        StreamPlain.On => true,
        StreamPlain.Off => false,
        StreamPlain.Auto => backend.Profile.Requests.OutlivesCaller is not null,
        _ => throw new ArgumentOutOfRangeException(nameof(backend)),
    };
}
