using System.Runtime.CompilerServices;
using Gateway.Errors;
using Gateway.Health;
using Polly;
using Polly.Retry;

namespace Gateway.Forwarding;

/// <summary>Runs a request's attempts one after another for as long as <see cref="ForwardRun"/> finds something to try.</summary>
internal sealed class RetryPipeline
{
    private static readonly ResiliencePropertyKey<ForwardRun> Run = new("run");

    private readonly ResiliencePipeline<AttemptResult> _pipeline;
    private readonly CancellationToken _ending;

    public RetryPipeline(Lifecycle lifecycle, TimeProvider clock)
    {
        _ending = lifecycle.Ending;
        _pipeline = new ResiliencePipelineBuilder<AttemptResult> { TimeProvider = clock }
            .AddRetry(new RetryStrategyOptions<AttemptResult>
            {
                // Each backend has its own limit, and asked after the last attempt it must prepare nothing.
                MaxRetryAttempts = int.MaxValue,
                ShouldHandle = static args => args.Outcome.Result is { Kind: not FailureKind.None } last && args.Context.Properties.GetValue(Run, null!) is { } run && args.AttemptNumber < run.Retries
                    ? run.PrepareRetryAsync(last)
                    : ValueTask.FromResult(false),
                DelayGenerator = static args => ValueTask.FromResult<TimeSpan?>(args.Context.Properties.GetValue(Run, null!).Pause),
            })
            .Build();
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<AttemptResult> ExecuteAsync(ForwardRun run)
    {
        // Nearly always the first attempt is the last one, and needs nothing of what follows.
        var first = await run.AttemptAsync();
        return first.Kind == FailureKind.None ? first : await RetryAsync(run, first);
    }

    private async ValueTask<AttemptResult> RetryAsync(ForwardRun run, AttemptResult first)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(run.Aborted, _ending);
        var context = ResilienceContextPool.Shared.Get(either.Token);
        context.Properties.Set(Run, run);
        try
        {
            return run.Told(await _pipeline.ExecuteAsync(
                static (_, state) => state.First is { } first ? state.Take(first) : state.Run.AttemptAsync(), context, new State(run) { First = first }));
        }
        catch (OperationCanceledException) when (_ending.IsCancellationRequested && !run.Aborted.IsCancellationRequested)
        {
            // In the pause before another attempt, for which there is no time any more.
            return AttemptResult.Of(GatewayError.ShuttingDown, FailureKind.Final);
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    /// <summary>The pipeline begins with an attempt that has been made already.</summary>
    private sealed class State(ForwardRun run)
    {
        public ForwardRun Run => run;

        public AttemptResult? First { get; set; }

        public ValueTask<AttemptResult> Take(AttemptResult first)
        {
            First = null;
            return ValueTask.FromResult(first);
        }
    }
}
