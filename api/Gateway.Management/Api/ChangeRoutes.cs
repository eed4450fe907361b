using System.Text.Json;
using Gateway.Core.Errors;
using Gateway.Management.Jobs;
using Gateway.Management.Operations;

namespace Gateway.Management.Api;

/// <summary>The routes that change something. Each answers at once, with a job to watch.</summary>
public sealed class ChangeRoutes(EngineOperations operations, JobBoard jobs, UpgradeCheck upgrades)
{
    public async Task ApplyAsync(HttpContext context, string who)
    {
        if (await BodyAsync(context, who) is { } body)
        {
            await InstallAsync(context, body with { Id = body.Id ?? body.Uri }, "id");
        }
    }

    public async Task InstallOnNodeAsync(HttpContext context, string node, string who)
    {
        if (await BodyAsync(context, who) is { } body)
        {
            await InstallAsync(context, body with { Id = body.Backend ?? body.Uri ?? body.Id, Node = node }, "backend", onNode: true);
        }
    }

    public async Task DeleteFromNodeAsync(HttpContext context, string node, string who)
    {
        if (await BodyAsync(context, who) is not { } body)
        {
            return;
        }

        if (body.Backend is not { Length: > 0 } name)
        {
            await ErrorWriter.WriteAsync(context, OperationError.Invalid("backend", "Say which engine: {\"backend\": \"name\"}."), anthropic: false);
            return;
        }

        await WriteAsync(context, await operations.ChangeAsync(JobAction.Delete, name, node, who, context.RequestAborted), onNode: true);
    }

    public async Task UpgradeAsync(HttpContext context, string name, string who)
    {
        if (await BodyAsync(context, who) is not { } body)
        {
            return;
        }

        await WriteAsync(context, await operations.UpgradeAsync(name, body with { Node = Node(context) ?? body.Node }, context.RequestAborted));
        upgrades.Forget(name);
    }

    public async Task ChangeAsync(HttpContext context, JobAction action, string name, string who)
    {
        await WriteAsync(context, await operations.ChangeAsync(action, name, Node(context), who, context.RequestAborted));
        upgrades.Forget(name);
    }

    public Task CancelAsync(HttpContext context, string id)
    {
        if (jobs.Jobs.Find(id) is not { } job)
        {
            return ErrorWriter.WriteAsync(context, OperationError.NoJob, anthropic: false);
        }

        return jobs.Cancel(id) ? JobAnswer.TicketAsync(context, job, onNode: false) : ErrorWriter.WriteAsync(context, OperationError.NotCancellable, anthropic: false);
    }

    private async Task InstallAsync(HttpContext context, OperationRequest request, string member, bool onNode = false)
    {
        if (request.Id is not { Length: > 0 and <= 512 })
        {
            await ErrorWriter.WriteAsync(context, OperationError.Invalid(member, $"Say what to install: {{\"{member}\": \"name in a gallery\"}}, or an image."), anthropic: false);
            return;
        }

        await WriteAsync(context, await operations.InstallAsync(request, context.RequestAborted), onNode);
    }

    private static Task WriteAsync(HttpContext context, OperationResult result, bool onNode = false)
    {
        if (result.Error is not { } error)
        {
            return JobAnswer.TicketAsync(context, result.Job!, onNode);
        }

        // Callers of this API know this one error in another shape.
        return result.MetaAlternative is not { } meta
            ? ErrorWriter.WriteAsync(context, error, anthropic: false)
            : Answer.WriteAsync(context, error.Status, (Utf8JsonWriter json) =>
            {
                json.WriteStartObject();
                json.WriteString("error"u8, error.Message);
                json.WriteString("code"u8, error.Code);
                json.WriteString("meta_alternative"u8, meta);
                json.WriteEndObject();
            });
    }

    private static async Task<OperationRequest?> BodyAsync(HttpContext context, string who)
    {
        var (body, error) = await OperationRequest.ReadAsync(context);
        if (error is not null)
        {
            await ErrorWriter.WriteAsync(context, error, anthropic: false);
        }

        return body is null ? null : body with { Who = who };
    }

    private static string? Node(HttpContext context) => context.Request.Query["node"].ToString() is { Length: > 0 } node ? node : null;
}
