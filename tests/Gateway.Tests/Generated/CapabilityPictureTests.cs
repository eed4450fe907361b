using System.Xml.Linq;
using Gateway.Engines;
using Gateway.Generator;
using Xunit;

namespace Gateway.Tests.Generated;

public sealed class CapabilityPictureTests
{
    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    [Fact]
    public void Render_EveryCell_IsToldInWordsToo()
    {
        var titles = XDocument.Parse(CapabilityPicture.Render()).Descendants(Svg + "g").Select(cell => cell.Element(Svg + "title")!.Value).ToArray();

        var rows = CapabilityMatrix.Rows(EngineCatalog.All).Count;
        Assert.All(EngineCatalog.All, engine => Assert.Equal(rows, titles.Count(title => title.StartsWith($"{engine.DisplayName}: ", StringComparison.Ordinal))));
    }

    [Fact]
    public void Render_EveryLevel_HasAnEntryInTheLegend()
    {
        var texts = XDocument.Parse(CapabilityPicture.Render()).Descendants(Svg + "text").Select(text => text.Value).ToArray();

        Assert.All(["served", "served with a difference"], words => Assert.Contains(words, texts));
        Assert.Contains(texts, text => text.StartsWith("needs", StringComparison.Ordinal));
        Assert.Contains(texts, text => text.StartsWith("not served", StringComparison.Ordinal));
    }
}
