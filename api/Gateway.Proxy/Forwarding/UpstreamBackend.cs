using System.Collections.Frozen;
using Gateway.Core.Configuration;
using Gateway.Proxy.Backends;
using Gateway.Proxy.Requests;

namespace Gateway.Proxy.Forwarding;

/// <summary>What forwarding to one backend needs, computed once: the rules for its headers and its body.</summary>
public sealed class UpstreamBackend(Backend backend)
{
    public Backend Backend { get; } = backend;

    public UpstreamHeaders Headers { get; } = new(backend);

    public BodyEditor Editor { get; } = new(backend.Profile.Requests, Strips(backend), backend.Settings.MergeSystem);

    /// <summary>Streams are buffered until they are complete.</summary>
    public bool BuffersStreams { get; } = backend.Settings.Resume == Resume.Buffer;

    /// <summary>Tools that the engine would run itself are left out.</summary>
    public bool StripsServerTools { get; } = Strips(backend);

    /// <summary>A limit for the answer's tokens is lowered to the model's context.</summary>
    public bool ClampsTokens { get; } = backend.Settings.ClampTokens && backend.Profile.Requests.RefusesLongAnswers is not null;

    /// <summary>Plain completions are asked for as a stream and put together here.</summary>
    public bool StreamsPlain { get; } = backend.Settings.StreamPlain switch
    {
        StreamPlain.On => true,
        StreamPlain.Off => false,
        StreamPlain.Auto => backend.Profile.Requests.OutlivesCaller is not null,
        _ => throw new ArgumentOutOfRangeException(nameof(backend)),
    };

    private static bool Strips(Backend backend) => backend.Settings.ServerTools switch
    {
        ServerToolRule.Strip => true,
        ServerToolRule.Allow => false,
        ServerToolRule.Auto => !backend.Profile.Requests.RunsServerTools,
        _ => throw new ArgumentOutOfRangeException(nameof(backend)),
    };
}

/// <summary>The forwarding rules of every backend.</summary>
public sealed class UpstreamBackends(BackendTable backends)
{
    private readonly FrozenDictionary<Backend, UpstreamBackend> _all =
        backends.All.ToFrozenDictionary(backend => backend, backend => new UpstreamBackend(backend));

    public UpstreamBackend Of(Backend backend) => _all[backend];
}
