namespace Gateway.EndToEndTests;

/// <summary>Sends a test's requests, and notes what they ask for the comparison with the log.</summary>
internal sealed class NotingHandler(HttpMessageHandler inner) : DelegatingHandler(inner)
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        // Only bodies that lie ready: others are sent in pieces, and when they come is what is tested.
        if (request.Content is ByteArrayContent body)
        {
            SuiteLog.NotePrompts(await body.ReadAsByteArrayAsync(cancellationToken));
        }

        return await base.SendAsync(request, cancellationToken);
    }
}
