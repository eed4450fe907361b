namespace Gateway.Engines;

/// <summary>One answer to a look at a local port.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="Server">The <c>Server</c> header, or empty.</param>
/// <param name="Body">At most 64 KiB of the body.</param>
public sealed record DetectionAnswer(int Status, string Server, string Body);

/// <summary>How an engine that already runs on this host is told from any other program on the same port.</summary>
/// <param name="Ports">The usual ports, most likely first.</param>
/// <param name="Path">The one path that is asked.</param>
/// <param name="Recognise">True when the answer can only be this engine's.</param>
public sealed record Detection(IReadOnlyList<int> Ports, string Path, Func<DetectionAnswer, bool> Recognise);
