using System.Net;
using Microsoft.AspNetCore.Http.Features;

namespace Gateway.Proxy.Forwarding;

/// <summary>
/// Sends a body that is held whole in one piece with its headers. The forwarder's own way, made for bodies that are still on
/// their way, sends the headers first, and so costs both sides one more packet; to it the request looks like one without a body.
/// </summary>
internal sealed class HeldBodySender(HttpMessageInvoker client, ReadOnlyMemory<byte> body) : HttpMessageInvoker(Unused, disposeHandler: false)
{
    private static readonly SocketsHttpHandler Unused = new();

    /// <summary>Takes the headers that tell of the body.</summary>
    public HttpContent Content { get; } = new HeldContent(body);

    /// <summary>Hides the body from the forwarder.</summary>
    public static void Hide(HttpContext context) => context.Features.Set<IHttpRequestBodyDetectionFeature>(NoBody.Instance);

    public override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        request.Content = Content;
        return client.SendAsync(request, cancellationToken);
    }

    private sealed class HeldContent(ReadOnlyMemory<byte> body) : HttpContent
    {
        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken) => stream.WriteAsync(body, cancellationToken).AsTask();

        protected override bool TryComputeLength(out long length)
        {
            length = body.Length;
            return true;
        }
    }

    private sealed class NoBody : IHttpRequestBodyDetectionFeature
    {
        public static NoBody Instance { get; } = new();

        public bool CanHaveBody => false;
    }
}
