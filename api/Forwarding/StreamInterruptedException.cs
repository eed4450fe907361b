namespace Gateway.Forwarding;

/// <summary>
/// Ends the connection of a stream that failed: the server closes it after what was written, without the mark of a whole body.
/// </summary>
internal sealed class StreamInterruptedException() : IOException("The stream was interrupted; the client has been told in band.");
