using System.Runtime.CompilerServices;
using Gateway.Core.Errors;
using Gateway.Proxy.Health;

namespace Gateway.Proxy.Failover;

/// <summary>Runs a request's attempts one after another for as long as <see cref="ForwardRun"/> finds something to try.</summary>
public sealed class RetryPipeline(Lifecycle lifecycle, TimeProvider clock)
{
    private readonly CancellationToken _ending = lifecycle.Ending;

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<AttemptResult> ExecuteAsync(ForwardRun run)
    {
        // Nearly always the first attempt is the last one, and needs nothing of what follows.
        var first = await run.AttemptAsync();
        return first.Kind == FailureKind.None ? first : await RetryAsync(run, first);
    }

    private async ValueTask<AttemptResult> RetryAsync(ForwardRun run, AttemptResult last)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(run.Aborted, _ending);
        try
        {
            while (last.Kind != FailureKind.None && await run.PrepareRetryAsync(last))
            {
                await Task.Delay(run.Pause, clock, either.Token);
                last = await run.AttemptAsync();
            }

            return run.Told(last);
        }
        catch (OperationCanceledException) when (_ending.IsCancellationRequested && !run.Aborted.IsCancellationRequested)
        {
            // In the pause before another attempt, for which there is no time any more.
            return AttemptResult.Of(GatewayError.ShuttingDown, FailureKind.Final);
        }
    }
}
