using System.Text.RegularExpressions;
using Gateway.Core.Configuration;
using Gateway.Engines;
using Gateway.Engines.Endpoints;
using Xunit;

namespace Gateway.Tests.Engines;

/// <summary>What every profile has to be, whoever writes it: the contract of the engine table.</summary>
public sealed partial class EngineContractTests
{
    public static TheoryData<string> Engines => [.. EngineCatalog.All.Select(profile => profile.Id)];

    [Theory]
    [MemberData(nameof(Engines))]
    public void Id_EveryEngine_IsLowerCaseAndItsOwn(string id)
    {
        Assert.Matches(IdPattern(), id);
        Assert.Single(EngineCatalog.All, profile => profile.Id == id);
        Assert.Single(EngineCatalog.All, profile => profile.DisplayName == Profile(id).DisplayName);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public void Texts_EveryEngine_AreSentencesAndSources(string id)
    {
        var profile = Profile(id);
        AssertSentence(profile.Summary);
        AssertSentence(profile.Errors.Shapes);
        AssertSentence(profile.Deployment.ModelName);
        Assert.NotEmpty(profile.Deployment.ModelExample);
        Assert.NotEmpty(profile.ReadAt);
        Assert.Equal(Uri.UriSchemeHttps, new Uri(profile.Docs).Scheme);
        Assert.All(profile.Responses.Notes, AssertSentence);
        Assert.All(new[] { profile.Health.Note, profile.Models.Note }.OfType<string>(), AssertSentence);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public void Endpoints_EveryCell_SaysWhatACallerNeeds(string id) =>
        Assert.All(EndpointCatalog.All.Select(spec => Profile(id).Endpoints[spec.Id]), support =>
        {
            Assert.Equal(support.Level == SupportLevel.Native, support.Note is null);
            Assert.Equal(support.Level == SupportLevel.Missing, support.Alternative is not null);
            Assert.All(new[] { support.Note, support.Alternative }.OfType<string>(), AssertSentence);
            Assert.True(support.Path is null || (support.Served && support.Path.StartsWith('/')), $"{support.Path} is no path of the engine.");
        });

    // A path template is filled from the public route's: it cannot have more placeholders, nor others.
    [Theory]
    [MemberData(nameof(Engines))]
    public void Endpoints_OwnPath_HasThePlaceholdersOfTheRoute(string id) =>
        Assert.All(EndpointCatalog.All.Where(spec => Profile(id).Endpoints[spec.Id].Path is not null), spec => Assert.Equal(
            Placeholder().Matches(spec.Route).Select(match => match.Value),
            Placeholder().Matches(Profile(id).Endpoints[spec.Id].Path!).Select(match => match.Value)));

    [Theory]
    [MemberData(nameof(Engines))]
    public void Health_EveryEngine_CanBeSeenReady(string id)
    {
        var probe = Profile(id).Health;
        Assert.StartsWith("/", probe.Path, StringComparison.Ordinal);
        Assert.Contains(probe.Rules, rule => rule.State == EngineState.Ready);
        // A probe that any answer passes would call every web server a ready engine.
        Assert.All(probe.Rules.Where(rule => rule.State == EngineState.Ready), rule => Assert.True(rule.Status is not null || rule.Body is not null));
        Assert.All(probe.Rules, rule => Assert.True(rule.Status is null or (>= 100 and <= 599)));
        Assert.False(probe.SendsKey && Profile(id).Auth.Header is null, "The probe sends a key that the engine does not take.");
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public void Lists_EveryEngine_AreAskedByPath(string id)
    {
        var profile = Profile(id);
        Assert.StartsWith("/", profile.Models.Path, StringComparison.Ordinal);
        Assert.NotEmpty(profile.Models.OwnedBy);
        Assert.True(profile.Models.Length is null || profile.Models.Length.Value.Path.StartsWith('/'));
        Assert.True(profile.Load.Path is null || profile.Load.Path.StartsWith('/'));
        Assert.Equal(profile.Load.Path is null, profile.Load.Running.Count + profile.Load.Waiting.Count + profile.Load.KvCacheUsage.Count == 0);
        Assert.Equal(profile.Load.PrefixCacheHits.Count == 0, profile.Load.PrefixCacheQueries.Count + profile.Load.PrefixCacheMisses.Count == 0);
        Assert.InRange(profile.IdleConnectionSeconds, 1, 600);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public void Errors_EveryRule_CanBeToldFromTheNext(string id)
    {
        Assert.All(Profile(id).Errors.Rules, rule =>
        {
            Assert.True(rule.Status is not null || rule.Type is not null || rule.Message is not null, "A rule that fits every error hides all after it.");
            Assert.True(rule.Message is null || (rule.Message.Count > 0 && rule.Message.All(text => text.Length > 0)));
            Assert.True(rule.AsStatus is null or (>= 400 and <= 599));
        });
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public void Requests_WhatIsMended_SaysWhy(string id)
    {
        var requests = Profile(id).Requests;
        Assert.All(requests.Fixes.Select(fix => fix.Why).Concat(requests.Copies.Select(copy => copy.Why)), AssertSentence);
        Assert.All(requests.Copies, copy => Assert.NotEmpty(copy.Endpoints));
        Assert.DoesNotContain("model", requests.StripFields);
        Assert.DoesNotContain("stream", requests.StripFields);
        Assert.Equal(requests.StripFields.Count, requests.StripFields.Distinct().Count());
        Assert.Equal(requests.StripHeaders.Count, requests.StripHeaders.Distinct(StringComparer.OrdinalIgnoreCase).Count());
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public void Deployment_EveryEngine_HasItsOwnVariables(string id)
    {
        var deployment = Profile(id).Deployment;
        Assert.Matches(PrefixPattern(), deployment.Prefix);
        Assert.Single(EngineCatalog.All, other => other.Deployment.Prefix == deployment.Prefix);
        Assert.All(deployment.Options, option =>
        {
            Assert.True(option.Secret ? option.Variable == option.Flag : option.Variable.StartsWith(deployment.Prefix, StringComparison.Ordinal), option.Variable);
            AssertSentence(option.Meaning);
            Assert.True(option.Default is null || option.Allowed is null || option.Allowed.Contains(option.Default));
            Assert.DoesNotContain(SettingCatalog.All, setting => setting.Name == option.Variable);
        });
        Assert.Equal(deployment.Options.Count, deployment.Options.DistinctBy(option => option.Variable).Count());
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public void Deployment_Addresses_AreUrls(string id)
    {
        var deployment = Profile(id).Deployment;
        Assert.All(new[] { deployment.BaseUrl, deployment.LocalBaseUrl }.OfType<string>(), url => Assert.NotNull(SettingParsers.Url(url)));
        Assert.All(Profile(id).Detection?.Ports ?? [], port => Assert.InRange(port, 1, 65535));
        Assert.StartsWith("/", Profile(id).Detection?.Path ?? "/", StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public void Container_EveryImage_IsPinned(string id)
    {
        if (Profile(id).Deployment.Container is not { } container)
        {
            return;
        }

        Assert.InRange(container.Port, 1, 65535);
        Assert.Equal(container.Port, new Uri(Profile(id).Deployment.BaseUrl).Port);
        Assert.NotEmpty(container.HealthCheck);
        Assert.NotEmpty(container.Images);
        Assert.All(container.Images.Values, image => Assert.Matches(PinnedImage(), image));
        Assert.All(container.Volumes, volume => Assert.StartsWith("/", volume.ContainerPath, StringComparison.Ordinal));
    }

    private static EngineProfile Profile(string id) => EngineCatalog.Find(id)!;

    private static void AssertSentence(string text) => Assert.Matches(Sentence(), text);

    [GeneratedRegex("^[a-z][a-z0-9]{1,15}$")]
    private static partial Regex IdPattern();

    [GeneratedRegex("^[A-Z][A-Z0-9]*_$")]
    private static partial Regex PrefixPattern();

    [GeneratedRegex(@"\{[^}]*\}")]
    private static partial Regex Placeholder();

    // A tag that names a version, never one that moves.
    [GeneratedRegex(@"^[a-z0-9./-]+:(?!latest|main|nightly)[\w.-]*\d[\w.-]*$")]
    private static partial Regex PinnedImage();

    [GeneratedRegex(@"^\S.*[.!?]$", RegexOptions.Singleline)]
    private static partial Regex Sentence();
}
