using System.Text.RegularExpressions;
using Gateway.Engines;
using Gateway.Engines.Endpoints;
using Gateway.Generator;
using Xunit;

namespace Gateway.Tests.Generated;

public sealed partial class CapabilityMatrixTests
{
    [Fact]
    public void Rows_EveryEndpoint_IsInExactlyOne() =>
        Assert.Equal(
            EndpointCatalog.All.Select(spec => spec.Id).Order(),
            CapabilityMatrix.Rows(EngineCatalog.All).SelectMany(row => row).Select(spec => spec.Id).Order());

    [Fact]
    public void Rows_EndpointsThatShareOne_AreServedAlikeByEveryEngine() =>
        Assert.All(CapabilityMatrix.Rows(EngineCatalog.All), row => Assert.All(row, spec => Assert.All(
            EngineCatalog.All, engine => Assert.Equal(engine.Endpoints[row[0].Id], engine.Endpoints[spec.Id]))));

    [Fact]
    public void Render_EveryNoteOfEveryProfile_IsThereOnce()
    {
        var lines = CapabilityMatrix.Render().Split('\n');

        var notes = EngineCatalog.All.SelectMany(engine => EndpointCatalog.All.Select(spec => engine.Endpoints[spec.Id]))
            .Where(support => support.Note is not null)
            .Select(support => Markdown.Text($"{support.Note} {support.Alternative}".TrimEnd()))
            .Distinct();
        Assert.All(notes, note => Assert.Single(lines, line => Number().Replace(line, "") == note));
    }

    [Fact]
    public void Render_EveryRow_HasACellForEachEngine() =>
        Assert.All(
            CapabilityMatrix.Render().Split('\n').Where(line => line.StartsWith('|')),
            line => Assert.Equal(EngineCatalog.All.Count + 2, line.Count(sign => sign == '|')));

    [GeneratedRegex(@"^\d+\. ")]
    private static partial Regex Number();
}
