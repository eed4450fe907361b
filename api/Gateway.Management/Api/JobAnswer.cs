using System.Text.Json;
using Gateway.Management.Jobs;

namespace Gateway.Management.Api;

/// <summary>How a job looks from outside.</summary>
internal static class JobAnswer
{
    /// <summary>Id and address of a job that was taken, in the words of the route.</summary>
    public static Task TicketAsync(HttpContext context, JobRecord job, bool onNode)
    {
        var url = $"{Root(context.Request)}/backends/jobs/{job.Id}";
        return Answer.WriteAsync(context, onNode ? StatusCodes.Status202Accepted : StatusCodes.Status200OK, json =>
        {
            json.WriteStartObject();
            json.WriteString(onNode ? "jobID" : "id", job.Id);
            json.WriteString(onNode ? "statusUrl" : "status_url", url);
            json.WriteEndObject();
        });
    }

    /// <summary>The members of a job's status.</summary>
    public static void Write(Utf8JsonWriter json, JobRecord job)
    {
        var bytes = job.Nodes.Sum(node => node.Bytes);
        var total = job.Nodes.Sum(node => node.TotalBytes);
        json.WriteBoolean("deletion"u8, job.Action == JobAction.Delete);
        json.WriteString("file_name"u8, job.Nodes.FirstOrDefault(node => node.File.Length > 0)?.File ?? "");
        Answer.Optional(json, "error", job.Error);
        json.WriteBoolean("processed"u8, job.Processed);
        json.WriteString("message"u8, job.Message);
        json.WriteNumber("progress"u8, Math.Round(job.Percent, 1));
        Answer.Optional(json, "phase", job.Processed ? null : job.Queued ? "queued" : job.Nodes.MinBy(node => node.Percent)?.Phase);
        if (bytes > 0)
        {
            json.WriteNumber("current_bytes"u8, bytes);
        }

        if (total > 0)
        {
            json.WriteNumber("total_bytes"u8, total);
        }

        json.WriteString("file_size"u8, total > 0 ? JobProgress.Size(total) : "");
        json.WriteString("downloaded_size"u8, bytes > 0 ? JobProgress.Size(bytes) : "");
        json.WriteString("gallery_element_name"u8, job.Element);
        json.WriteBoolean("cancelled"u8, job.Cancelled);
        json.WriteBoolean("cancellable"u8, !job.Processed);
        json.WritePropertyName("nodes"u8);
        Answer.Array(json, job.Nodes, WriteNode);

        // Beyond what other servers of this API tell.
        json.WriteString("uuid"u8, job.Id);
        json.WriteString("action"u8, job.Action == JobAction.RollBack ? "rollback" : job.Action.ToString().ToLowerInvariant());
        json.WriteString("backend"u8, job.Engine);
        json.WriteString("who"u8, job.Who);
        json.WriteString("created_at"u8, job.CreatedAt);
        if (job.FinishedAt is { } finished)
        {
            json.WriteString("finished_at"u8, finished);
        }
    }

    private static void WriteNode(Utf8JsonWriter json, NodeProgress node)
    {
        json.WriteString("node_id"u8, node.Node);
        json.WriteString("node_name"u8, node.Name);
        json.WriteString("status"u8, node.Status);
        Answer.Optional(json, "file_name", node.File);
        Answer.Optional(json, "current", node.Bytes > 0 ? JobProgress.Size(node.Bytes) : null);
        Answer.Optional(json, "total", node.TotalBytes > 0 ? JobProgress.Size(node.TotalBytes) : null);
        json.WriteNumber("percentage"u8, Math.Round(node.Percent, 1));
        Answer.Optional(json, "phase", node.Phase);
        Answer.Optional(json, "error", node.Error);
    }

    // Behind something that ends TLS, the caller's scheme is in a header; it only comes back to the caller.
    private static string Root(HttpRequest request) =>
        $"{(request.Headers["X-Forwarded-Proto"] == "https" ? "https" : request.Scheme)}://{request.Host}";
}
