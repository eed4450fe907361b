// Vercel's AI SDK and LangChain with a real engine behind the gateway: each reads answers and streams by its own code or in its own way.
import assert from "node:assert/strict";
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { ChatOpenAI, OpenAIEmbeddings } from "@langchain/openai";
import { APICallError, embedMany, generateText, jsonSchema, streamText, tool } from "ai";
import { read, rejects } from "./support.mjs";

const prompt = "hello";
const schema = { type: "object", properties: { sunny: { type: "boolean" } }, required: ["sunny"], additionalProperties: false };

export const cases = (job) => ({ ...vercel(job), ...langchain(job) });

function vercel({ baseUrl, apiKey, model, embeddingsUrl, embeddingModel }) {
  const provider = (url, key = apiKey) => createOpenAICompatible({ name: "gateway", baseURL: `${url}v1`, apiKey: key, includeUsage: true });
  const ask = { model: provider(baseUrl)(model), prompt, temperature: 0, maxOutputTokens: 8, maxRetries: 0 };
  const forecast = tool({ description: "The weather.", inputSchema: jsonSchema(schema) });
  const tools = { ...ask, maxOutputTokens: 100, tools: { forecast }, toolChoice: "required" };

  return {
    async "ai-chat"() {
      const { text, finishReason, usage } = await generateText(ask);
      assert.ok(text.length > 0 && ["stop", "length"].includes(finishReason));
      assert.ok(usage.outputTokens > 0 && usage.outputTokens <= 8);
    },
    async "ai-stream"() {
      const answer = streamText(ask);
      assert.ok((await read(answer.textStream)).join("").length > 0);
      assert.ok(["stop", "length"].includes(await answer.finishReason));
      assert.ok((await answer.usage).outputTokens > 0, "no usage");
    },
    async "ai-tools"() {
      const { toolCalls, finishReason } = await generateText(tools);
      assert.equal(finishReason, "tool-calls");
      assert.equal(toolCalls[0].toolName, "forecast");
      assert.equal(typeof toolCalls[0].input.sunny, "boolean");
    },
    async "ai-stream-tools"() {
      const calls = (await read(streamText(tools).fullStream)).filter((part) => part.type === "tool-call");
      assert.equal(typeof calls[0].input.sunny, "boolean");
    },
    async "ai-embeddings"() {
      const { embeddings } = await embedMany({ model: provider(embeddingsUrl).textEmbeddingModel(embeddingModel), values: [prompt, "the gateway"], maxRetries: 0 });
      assert.ok(embeddings.length === 2 && embeddings[0].length > 1);
    },
    async "ai-wrong-key"() {
      const error = await rejects(() => generateText({ ...ask, model: provider(baseUrl, "wrong-key-0000")(model) }));
      assert.ok(APICallError.isInstance(error), `${error}`);
      assert.deepEqual([error.statusCode, error.isRetryable], [401, false]);
    },
  };
}

function langchain({ baseUrl, apiKey, model, embeddingsUrl, embeddingModel }) {
  const client = (more) => new ChatOpenAI({ model, apiKey, temperature: 0, maxTokens: 8, maxRetries: 0, configuration: { baseURL: `${baseUrl}v1` }, ...more });
  const forecast = { type: "function", function: { name: "forecast", description: "The weather.", parameters: schema } };

  return {
    async "langchain-chat"() {
      const answer = await client().invoke(prompt);
      assert.ok(answer.content.length > 0);
      assert.ok(answer.usage_metadata.output_tokens > 0 && answer.usage_metadata.output_tokens <= 8);
    },
    async "langchain-stream"() {
      const pieces = await read(await client().stream(prompt));
      assert.ok(pieces.map((piece) => piece.content).join("").length > 0);
      assert.ok(pieces.some((piece) => piece.usage_metadata?.output_tokens > 0), "no usage");
    },
    async "langchain-tools"() {
      const answer = await client({ maxTokens: 100 }).bindTools([forecast], { tool_choice: "required" }).invoke(prompt);
      assert.equal(answer.tool_calls[0].name, "forecast");
      assert.equal(typeof answer.tool_calls[0].args.sunny, "boolean");
    },
    async "langchain-schema"() {
      const answer = await client({ maxTokens: 100 }).withStructuredOutput(schema, { name: "weather", method: "jsonSchema" }).invoke(prompt);
      assert.equal(typeof answer.sunny, "boolean");
    },
    async "langchain-embeddings"() {
      const there = new OpenAIEmbeddings({ model: embeddingModel, apiKey, maxRetries: 0, configuration: { baseURL: `${embeddingsUrl}v1` } });
      assert.ok((await there.embedQuery(prompt)).length > 1);
    },
    async "langchain-wrong-key"() {
      const error = await rejects(() => client({ apiKey: "wrong-key-0000" }).invoke(prompt));
      assert.equal(error.status, 401);
      assert.equal(error.code, "invalid_api_key");
    },
  };
}
