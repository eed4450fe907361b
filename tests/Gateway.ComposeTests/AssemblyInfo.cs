using Xunit;

// Most of their time is waiting for containers, and each test has a place and a project of its own: some classes go side by side.
[assembly: CollectionBehavior(MaxParallelThreads = 3)]
