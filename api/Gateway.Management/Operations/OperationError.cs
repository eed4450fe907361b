using System.Text.Json;
using Gateway.Core.Errors;
using Gateway.Management.Jobs;
using Gateway.Management.Lifecycle;

namespace Gateway.Management.Operations;

/// <summary>What managing engines can answer instead of doing it.</summary>
public static class OperationError
{
    private const string Wrong = "invalid_request_error";
    private const string Server = "server_error";

    public static GatewayError Off { get; } = new(404, Wrong, "management_off",
        "Engines are not managed here. The operator turns it on with GATEWAY_MANAGEMENT=read or GATEWAY_MANAGEMENT=on.");

    public static GatewayError ReadOnly { get; } = new(403, Wrong, "management_read_only",
        "Engines can only be watched here, not changed. The operator allows changes with GATEWAY_MANAGEMENT=on.");

    public static GatewayError Recovering { get; } = new(503, Server, "management_starting",
        "This gateway has just started and is looking after what it left. Try again in a moment.")
    { RetryAfterSeconds = 2 };

    // The status and the words are those that callers of this API know.
    public static GatewayError NoJob { get; } = new(500, Server, "job_not_found", "could not find any status for ID");

    public static GatewayError NotCancellable { get; } = new(409, Wrong, "job_ended", "This job has ended already.");

    public static GatewayError NoEntry(string id, string hint) => new(404, Wrong, "backend_not_found",
        $"No gallery has '{id}'.{hint} GET /backends/available lists what there is; an image is written with its repository and tag.")
    { Param = "id" };

    public static GatewayError NotInstalled(string name, string hint) => new(404, Wrong, "backend_not_found",
        $"No engine named '{name}' is installed here.{hint} GET /backends lists those that are.");

    public static GatewayError NoNode(string id, IEnumerable<string> nodes) => new(404, Wrong, "node_not_found",
        $"There is no node '{id}'. There are: {string.Join(", ", nodes)}.");

    public static GatewayError Invalid(string param, string message) => GatewayError.InvalidRequest(param, message);

    public static GatewayError Busy(JobRecord running) => new(409, Wrong, "backend_busy",
        $"A job on '{running.Engine}' runs already ({running.Action}). Wait for its end, or cancel it.")
    { Extra = [("id", Quoted(running.Id)), ("status_url", Quoted("/backends/jobs/" + running.Id))] };

    private static readonly Dictionary<LifecycleReason, int> Statuses = new()
    {
        [LifecycleReason.NotFound] = 404,
        [LifecycleReason.UnknownNode] = 404,
        [LifecycleReason.Invalid] = 400,
        [LifecycleReason.NotOurs] = 400,
        [LifecycleReason.Busy] = 409,
        [LifecycleReason.NameTaken] = 409,
        [LifecycleReason.GatewayFault] = 500,
        [LifecycleReason.DaemonAway] = 503,
        [LifecycleReason.Denied] = 503,
    };

    /// <summary>What the Docker Engine could not do for a request that is answered at once.</summary>
    public static GatewayError Of(LifecycleException e)
    {
        var status = Statuses.GetValueOrDefault(e.Reason, 502);
        return new GatewayError(status, status >= 500 ? Server : Wrong, status == 404 ? "backend_not_found" : Code(e), e.Message);
    }

    private static string Quoted(string text) => $"\"{JsonEncodedText.Encode(text)}\"";

    private static string Code(LifecycleException e) => JsonNamingPolicy.SnakeCaseLower.ConvertName(e.Reason.ToString());
}
