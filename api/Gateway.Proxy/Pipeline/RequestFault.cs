using Gateway.Core.Errors;
using Gateway.Proxy.Requests;
using Microsoft.AspNetCore.Connections;

namespace Gateway.Proxy.Pipeline;

/// <summary>What an exception says that nothing on a request's way was prepared for.</summary>
/// <remarks>The caller left, sent what cannot be read, or the gateway has a defect.</remarks>
internal static class RequestFault
{
    /// <summary>The server's words for a connection that ended inside the body. It takes no answer any more.</summary>
    private const string EndedInBody = "Unexpected end of request content.";

    /// <summary>The client has left.</summary>
    public static bool IsClientGone(HttpContext context, Exception e) =>
        e is ConnectionResetException or ConnectionAbortedException or BadHttpRequestException { Message: EndedInBody }
        || (context.RequestAborted.IsCancellationRequested && e is OperationCanceledException or IOException and not BadHttpRequestException);

    /// <summary>The error for the caller.</summary>
    /// <param name="e">What was thrown.</param>
    /// <param name="limit">The limit of a body, in bytes.</param>
    public static GatewayError Explain(Exception e, long limit) =>
        OfBody(e, limit) ?? (e is BodyMemoryException or OutOfMemoryException ? GatewayError.OutOfMemory : GatewayError.Internal);

    /// <summary>The error for a body that cannot be read to its end; null when that is not what the exception says.</summary>
    public static GatewayError? OfBody(Exception? e, long limit)
    {
        if (e is BadHttpRequestException bad)
        {
            return bad.StatusCode switch
            {
                StatusCodes.Status413PayloadTooLarge => GatewayError.TooLarge(limit),
                StatusCodes.Status408RequestTimeout => GatewayError.BodyTimeout,
                _ => GatewayError.UnreadableBody,
            };
        }

        // The server reports a chunk size that overflows differently from other faults of chunks.
        return e is IOException { InnerException: OverflowException } ? GatewayError.UnreadableBody : null;
    }
}
