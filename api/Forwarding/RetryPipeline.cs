using Polly;
using Polly.Retry;

namespace Gateway.Forwarding;

/// <summary>Runs a request's attempts one after another for as long as <see cref="ForwardRun"/> finds something to try.</summary>
internal sealed class RetryPipeline
{
    private static readonly ResiliencePropertyKey<ForwardRun> Run = new("run");

    private readonly ResiliencePipeline<AttemptResult> _pipeline;

    public RetryPipeline(int retries, TimeProvider clock)
    {
        var builder = new ResiliencePipelineBuilder<AttemptResult> { TimeProvider = clock };
        if (retries > 0)
        {
            builder.AddRetry(new RetryStrategyOptions<AttemptResult>
            {
                MaxRetryAttempts = retries,
                // It is asked after the last attempt too, when nothing may be prepared any more.
                ShouldHandle = args => args.AttemptNumber < retries && args.Outcome.Result is { Kind: not FailureKind.None } last
                    ? args.Context.Properties.GetValue(Run, null!).PrepareRetryAsync(last)
                    : ValueTask.FromResult(false),
                DelayGenerator = static args => ValueTask.FromResult<TimeSpan?>(args.Context.Properties.GetValue(Run, null!).Pause),
            });
        }

        _pipeline = builder.Build();
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
