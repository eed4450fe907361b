// OpenAI's own client with a real engine behind the gateway: what it says is noise, how it says it is not.
import assert from "node:assert/strict";
import OpenAI from "openai";
import { assertError, endless, lastReason, read, rejects, text } from "./support.mjs";

const messages = [{ role: "user", content: "hello" }];
const parameters = { type: "object", properties: { sunny: { type: "boolean" } }, required: ["sunny"], additionalProperties: false };
const tools = [{ type: "function", function: { name: "forecast", description: "The weather.", parameters } }];

export function cases({ baseUrl, slowUrl, apiKey, model, embeddingsUrl, embeddingModel }) {
  const client = new OpenAI({ baseURL: `${baseUrl}v1`, apiKey, maxRetries: 0, timeout: 60_000 });
  const chat = (more, options) => client.chat.completions.create({ model, messages, temperature: 0, ...more }, options);

  return {
    async chat() {
      const answer = await chat({ max_tokens: 8 });
      assert.equal(typeof answer.choices[0].message.content, "string");
      assert.equal(answer.model, model);
      assert.ok(answer.usage.completion_tokens > 0 && answer.usage.completion_tokens <= 8);
    },
    async stream() {
      const chunks = await read(await chat({ max_tokens: 8, stream: true }));
      assert.ok(text(chunks).length > 0);
      assert.ok(["stop", "length"].includes(lastReason(chunks)));
      assert.ok(chunks.every((chunk) => chunk.choices.length === 1 && chunk.usage == null), "usage that nobody asked for");
    },
    async "stream-usage"() {
      const chunks = await read(await chat({ max_tokens: 8, stream: true, stream_options: { include_usage: true } }));
      assert.ok(chunks.at(-1).usage.completion_tokens > 0);
      assert.deepEqual(chunks.at(-1).choices, []);
    },
    async tools() {
      const { finish_reason, message } = (await chat({ tools, tool_choice: "required" })).choices[0];
      assert.equal(finish_reason, "tool_calls");
      assert.equal(message.tool_calls[0].function.name, "forecast");
      assert.equal(typeof JSON.parse(message.tool_calls[0].function.arguments).sunny, "boolean");
    },
    async "stream-tools"() {
      const stream = client.chat.completions.stream({ model, messages, temperature: 0, tools, tool_choice: "required" });
      const { finish_reason, message } = (await stream.finalChatCompletion()).choices[0];
      assert.equal(finish_reason, "tool_calls");
      assert.equal(message.tool_calls[0].function.name, "forecast");
      assert.equal(typeof JSON.parse(message.tool_calls[0].function.arguments).sunny, "boolean");
    },
    async schema() {
      const answer = await client.chat.completions.parse({
        model,
        messages,
        temperature: 0,
        response_format: { type: "json_schema", json_schema: { name: "weather", strict: true, schema: parameters } },
      });
      assert.equal(typeof JSON.parse(answer.choices[0].message.content).sunny, "boolean");
    },
    async embeddings() {
      const there = new OpenAI({ baseURL: `${embeddingsUrl}v1`, apiKey, maxRetries: 0, timeout: 60_000 });
      const numbers = await there.embeddings.create({ model: embeddingModel, input: ["hello", "the gateway"], encoding_format: "float" });
      assert.deepEqual(numbers.data.map((one) => one.index), [0, 1]);
      assert.ok(numbers.data[0].embedding.length > 1 && numbers.data[0].embedding.every(Number.isFinite));
      assert.notDeepEqual(numbers.data[0].embedding, numbers.data[1].embedding);
      // Left to itself the client asks for base64 and unpacks it.
      const packed = await there.embeddings.create({ model: embeddingModel, input: "hello" });
      assert.deepEqual(packed.data[0].embedding.map(Math.fround), numbers.data[0].embedding.map(Math.fround));
      assert.ok(packed.usage.prompt_tokens > 0);
    },
    async models() {
      const ids = [];
      for await (const entry of client.models.list()) ids.push(entry.id);
      assert.deepEqual(ids, [model]);
    },
    async "wrong-key"() {
      const stranger = new OpenAI({ baseURL: `${baseUrl}v1`, apiKey: "wrong-key-0000", maxRetries: 0 });
      const error = await rejects(() => stranger.chat.completions.create({ model, messages }));
      assertError(error, { status: 401, type: "invalid_request_error", code: "invalid_api_key" });
    },
    async "unknown-model"() {
      const error = await rejects(() => chat({ model: "no-such-model" }));
      assertError(error, { status: 404, type: "invalid_request_error", code: "model_not_found", param: "model" });
    },
    async "context-exceeded"() {
      const long = { messages: [{ role: "user", content: "the long budget context ".repeat(1000) }] };
      for (const stream of [false, true]) {
        const error = await rejects(async () => chat({ ...long, stream }));
        assert.ok(error instanceof OpenAI.BadRequestError, `${error}`);
        assert.equal(error.code, "context_length_exceeded");
      }
    },
    async missing() {
      const error = await rejects(() => client.images.generate({ model, prompt: "a cat" }));
      assertError(error, { status: 501, type: "unsupported_endpoint", code: "unsupported_endpoint" });
    },
    async abort() {
      const slow = new OpenAI({ baseURL: `${slowUrl}v1`, apiKey, maxRetries: 0, timeout: 60_000 });
      const stream = await slow.chat.completions.create({ model, messages, stream: true, ...endless });
      for await (const chunk of stream) {
        assert.ok(chunk.choices);
        stream.controller.abort();
      }
    },
  };
}
