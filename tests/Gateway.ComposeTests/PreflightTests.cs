using System.Net;
using System.Net.Sockets;
using Xunit;

namespace Gateway.ComposeTests;

/// <summary>What can be known before a container starts is told before, in one message with its remedy.</summary>
public sealed class PreflightTests
{
    [DockerTheory]
    [InlineData("llamacpp", "up BACKEND=vllm", "BACKEND=vllm, but .env says BACKEND_KIND=llamacpp.", "make env-vllm")]
    [InlineData("llamacpp", "up BACKEND=none", "BACKEND=none starts no engine", "make up BACKEND=llamacpp")]
    [InlineData("llamacpp", "up BACKEND=abacus", "BACKEND=abacus has no container.", "Available: llamacpp")]
    [InlineData("llamacpp", "up GPU=cpu", "The model file data/models/model.gguf is not there.", "Put it there")]
    [InlineData("llamacpp", "up GPU=cpu MODEL_NAME=", "MODEL_NAME is empty", "Set it in .env")]
    [InlineData("vllm", "up GPU=abacus", "GPU=abacus: vllm has no image for it.", "It has one for:")]
    [InlineData("sglang", "up GPU=cpu", "GPU=cpu: sglang has no image for it.", "It has one for: nvidia.")]
    [InlineData("vllm", "up GPU=cpu BACKEND_BASE_URL=http://elsewhere:8001/v1 BACKEND=vllm", "BACKEND_BASE_URL=http://elsewhere:8001/v1 in .env points to another", "make up BACKEND=none")]
    [InlineData("vllm", "up GPU=cpu API_KEYS=", "API_KEYS is empty", "make env-<kind>")]
    [InlineData("vllm", "up GPU=cpu GATEWAY_CONFIG=/etc/gateway.yaml", "in a container the gateway sees only data/config/.", "GATEWAY_CONFIG=data/config/gateway.yaml")]
    [InlineData("vllm", "up GPU=cpu GATEWAY_CONFIG=data/config/gateway.yaml", "GATEWAY_CONFIG=data/config/gateway.yaml is not there.", "docs/gateway.example.yaml")]
    [InlineData("vllm", "swap", "Which engine?", "make swap BACKEND=<engine>")]
    [InlineData("vllm", "swap BACKEND=ollama", "The gateway does not run", "make env-ollama")]
    [InlineData("vllm", "env-abacus", "There is no deploy/env/abacus.env.", "env-vllm")]
    public async Task Make_WhatCannotWork_IsToldWithItsRemedy(string kind, string words, string problem, string remedy)
    {
        await using var place = await PlaceAsync(kind);

        await AssertRefusedAsync(place, words.Split(' '), problem, remedy);
    }

    [DockerFact]
    public async Task Up_NoEnvFile_SaysHowToMakeOne()
    {
        await using var place = new Workplace();

        await AssertRefusedAsync(place, ["up", "BACKEND=ollama"], "There is no .env yet.", "make env-ollama");
    }

    [DockerFact]
    public async Task Up_NoGpu_SaysSo()
    {
        if (Directory.GetFiles("/dev", "nvidia*").Length > 0)
        {
            return;
        }

        await using var place = await PlaceAsync("vllm");

        await AssertRefusedAsync(place, ["up"], "GPU=nvidia, but there is no NVIDIA GPU on this machine", "Or take another");
    }

    [DockerFact]
    public async Task Up_PortTaken_SaysWhichAndNamesTheSetting()
    {
        await using var place = await PlaceAsync("vllm");
        using var other = new TcpListener(IPAddress.Loopback, place.Port);
        other.Start();

        await AssertRefusedAsync(place, ["up", "GPU=cpu"], $"Port {place.Port} on 127.0.0.1 is in use by another program.", "GATEWAY_PORT");
    }

    [DockerFact]
    public async Task Up_ImageIsOfTheTests_IsNotStartedUnawares()
    {
        DockerSetup.MakeFakeEngines();
        await using var place = await PlaceAsync("vllm");
        place["GATEWAY_STAND_INS"] = "";

        await AssertRefusedAsync(place, ["up", "GPU=cpu"], "is a stand-in from the tests.", "docker image rm");
    }

    [DockerTheory]
    [InlineData("#!/bin/sh\nexit 127", "The Docker Engine does not answer", "Start it")]
    [InlineData("#!/bin/sh\n[ \"$1\" = compose ] && { echo 2.17.2; exit; }\necho 20.10", "Docker Compose is missing or older than 2.24: 2.17.2.", "docker-compose-plugin")]
    public async Task Up_DockerIsNotFit_SaysWhy(string docker, string problem, string remedy)
    {
        await using var place = await PlaceAsync("vllm");
        var folder = Directory.CreateDirectory(Path.Combine(place.Folder, "bin")).FullName;
        var program = Path.Combine(folder, "docker");
        File.WriteAllText(program, docker + "\n");
        await place.RunAsync("chmod", "755", program);
        place["PATH"] = $"{folder}:{Environment.GetEnvironmentVariable("PATH")}";
        Directory.Delete(Path.Combine(place.Folder, ".cache"));

        await AssertRefusedAsync(place, ["up"], problem, remedy);
    }

    private static async Task<Workplace> PlaceAsync(string kind)
    {
        var place = new Workplace();
        (await place.MakeAsync($"env-{kind}")).Succeeded();
        return place;
    }

    private static async Task AssertRefusedAsync(Workplace place, string[] words, string problem, string remedy)
    {
        var result = await place.MakeAsync(words);

        Assert.NotEqual(0, result.Code);
        Assert.Contains(problem, result.Output, StringComparison.Ordinal);
        Assert.Contains(remedy, result.Output, StringComparison.Ordinal);
        Assert.Equal("", await place.LeftAsync());
    }
}
