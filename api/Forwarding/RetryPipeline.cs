using Polly;
using Polly.Retry;

namespace Gateway.Forwarding;

/// <summary>Runs a request's attempts one after another for as long as <see cref="ForwardRun"/> finds something to try.</summary>
internal sealed class RetryPipeline
{
    private static readonly ResiliencePropertyKey<ForwardRun> Run = new("run");

    private readonly ResiliencePipeline<AttemptResult> _pipeline;

    public RetryPipeline(TimeProvider clock)
    {
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

    public async ValueTask<AttemptResult> ExecuteAsync(ForwardRun run)
    {
        var context = ResilienceContextPool.Shared.Get(run.Aborted);
        context.Properties.Set(Run, run);
        try
        {
            return await _pipeline.ExecuteAsync(static (_, run) => run.AttemptAsync(), context, run);
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }
}
