using Xunit;

// They share one Docker Engine and two cores: side by side they would only wait for each other.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
