using Xunit;

// They share one Docker Engine, and each waits for its containers.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
