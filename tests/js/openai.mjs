// OpenAI's own client: what it gives, and which exception it raises.
import assert from "node:assert/strict";
import OpenAI from "openai";
import { assertError, lastReason, read, rejects, text } from "./support.mjs";

const prompt = [{ role: "user", content: "What is the capital of France?" }];
const scenario = (text) => ({ headers: { "x-fake-scenario": text } });

export function cases({ baseUrl, apiKey, model, expect, errors, streamErrors }) {
  const client = new OpenAI({ baseURL: `${baseUrl}v1`, apiKey, maxRetries: 0, timeout: 30_000 });
  const chat = (more, options) => client.chat.completions.create({ model, messages: prompt, ...more }, options);
  const tools = [{ type: "function", function: { name: expect.tool?.name, description: "A tool.", parameters: { type: "object", properties: {} } } }];

  const all = {
    async chat() {
      const answer = await chat();
      assert.equal(answer.choices[0].message.content, expect.text);
      assert.equal(answer.choices[0].finish_reason, "stop");
      assert.ok(answer.id && answer.usage.total_tokens > 0);
    },
    async stream() {
      const chunks = await read(await chat({ stream: true }));
      assert.equal(text(chunks), expect.streamedText);
      assert.equal(lastReason(chunks), expect.streamedReason);
      if (expect.hidesUsage) assert.ok(chunks.every((chunk) => chunk.choices.length === 1 && chunk.usage == null), "usage that nobody asked for");
    },
    async "stream-usage"() {
      const chunks = await read(await chat({ stream: true, stream_options: { include_usage: true } }));
      assert.equal(text(chunks), expect.streamedText);
      assert.ok(chunks.some((chunk) => chunk.usage?.total_tokens > 0), "no usage");
    },
    async tools() {
      const { finish_reason, message } = (await chat({ tools })).choices[0];
      assert.equal(finish_reason, "tool_calls");
      assert.equal(message.tool_calls[0].function.name, expect.tool.name);
      assert.equal(message.tool_calls[0].function.arguments, expect.tool.arguments);
    },
    async "stream-tools"() {
      const stream = client.chat.completions.stream({ model, messages: prompt, tools });
      const { finish_reason, message } = (await stream.finalChatCompletion()).choices[0];
      assert.equal(finish_reason, "tool_calls");
      assert.equal(message.tool_calls[0].function.name, expect.tool.name);
      assert.equal(typeof JSON.parse(message.tool_calls[0].function.arguments), "object");
    },
    async schema() {
      const schema = { type: "object", properties: { city: { type: "string" } }, required: ["city"], additionalProperties: false };
      const answer = await client.chat.completions.parse({
        model,
        messages: prompt,
        response_format: { type: "json_schema", json_schema: { name: "city", strict: true, schema } },
      });
      assert.equal(JSON.parse(answer.choices[0].message.content).city, "Paris");
    },
    async embeddings() {
      const numbers = await client.embeddings.create({ model, input: "Paris", encoding_format: "float" });
      assert.deepEqual(numbers.data[0].embedding.map(Math.fround), expect.vector.map(Math.fround));
      // Left to itself the client asks for base64 and unpacks it.
      const packed = await client.embeddings.create({ model, input: "Paris" });
      assert.deepEqual(packed.data[0].embedding.map(Math.fround), expect.vector.map(Math.fround));
    },
    async models() {
      const ids = [];
      for await (const entry of client.models.list()) ids.push(entry.id);
      assert.deepEqual(ids, expect.models);
      assert.equal((await client.models.retrieve(model)).id, model);
      assertError(await rejects(() => client.models.retrieve("no/such:model")), { status: 404, type: "invalid_request_error", code: "model_not_found", param: "model" });
    },
    async responses() {
      const answer = await client.responses.create({ model, input: "Paris?" });
      assert.ok(answer.output_text.length > 0);
    },
    async "stream-responses"() {
      const events = await read(await client.responses.create({ model, input: "Paris?", stream: true }));
      assert.equal(events.at(-1).type, "response.completed");
    },
    async "wrong-key"() {
      const stranger = new OpenAI({ baseURL: `${baseUrl}v1`, apiKey: "wrong-key-0000", maxRetries: 0 });
      const error = await rejects(() => stranger.chat.completions.create({ model, messages: prompt }));
      assertError(error, { status: 401, type: "invalid_request_error", code: "invalid_api_key" });
    },
    async "unknown-model"() {
      const error = await rejects(() => chat({ model: "no-such-model" }));
      assertError(error, { status: 404, type: "invalid_request_error", code: "model_not_found", param: "model" });
    },
    async missing() {
      const error = await rejects(() => client.post(expect.missing.replace("/v1", ""), { body: { model } }));
      assertError(error, { status: 501, type: "unsupported_endpoint", code: "unsupported_endpoint" });
    },
    async abort() {
      const stream = await chat({ stream: true }, scenario("stall 2"));
      for await (const chunk of stream) {
        assert.ok(chunk.choices);
        stream.controller.abort();
      }
    },
    async "abort-before-answer"() {
      const leaves = new AbortController();
      const answer = chat({}, { ...scenario("stall before-headers"), signal: leaves.signal });
      // The engine has to have it by then, or there would be nothing to give up.
      setTimeout(() => leaves.abort(), 1500);
      assert.ok((await rejects(() => answer)) instanceof OpenAI.APIUserAbortError);
    },
  };

  for (const one of errors) {
    all[`error ${one.case}`] = async () => assertError(await rejects(() => chat({}, scenario(`error ${one.case}`))), one.expect);
  }
  for (const one of streamErrors) {
    all[`stream-error ${one.case}`] = async () => {
      const error = await rejects(async () => read(await chat({ stream: true }, scenario(`stream-error ${one.case}`))));
      // Whether the failure comes with the first bytes or later depends on how they travel; either is an error of the client's own kind.
      assert.ok(error instanceof OpenAI.APIError, `${error?.name}: ${error?.message}`);
      if (!one.expect.inBand) assertError(error, one.expect);
    };
  }
  return all;
}
