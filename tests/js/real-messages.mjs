// Anthropic's own client with a real engine behind the gateway.
import assert from "node:assert/strict";
import Anthropic from "@anthropic-ai/sdk";
import { endless } from "./support.mjs";

const prompt = { max_tokens: 8, temperature: 0, messages: [{ role: "user", content: "hello" }] };
const schema = { type: "object", properties: { sunny: { type: "boolean" } }, required: ["sunny"] };

export function cases({ baseUrl, slowUrl, apiKey, model }) {
  const options = { baseURL: baseUrl.replace(/\/$/, ""), maxRetries: 0, timeout: 60_000 };
  const client = new Anthropic({ ...options, apiKey });

  const assertRejects = (action, type, status, kind) =>
    assert.rejects(action, (error) => {
      assert.ok(error instanceof type, `${error?.name} instead of ${type.name}: ${error?.message}`);
      assert.equal(error.status, status);
      assert.equal(error.error.error.type, kind);
      return true;
    });

  return {
    async messages() {
      const answer = await client.messages.create({ model, ...prompt });
      assert.deepEqual([answer.type, answer.role, answer.model], ["message", "assistant", model]);
      assert.equal(answer.content[0].type, "text");
      assert.ok(["end_turn", "max_tokens"].includes(answer.stop_reason));
      assert.ok(answer.usage.output_tokens > 0 && answer.usage.output_tokens <= 8);
    },
    async "messages-stream"() {
      const stream = client.messages.stream({ model, ...prompt });
      let text = "";
      stream.on("text", (piece) => { text += piece; });
      const message = await stream.finalMessage();
      assert.ok(text.length > 0);
      assert.equal(message.content[0].text, text);
      assert.ok(message.stop_reason && message.usage.output_tokens > 0);
    },
    async "messages-tools"() {
      const tools = [{ name: "forecast", description: "The weather.", input_schema: schema }];
      const answer = await client.messages.create({ model, ...prompt, max_tokens: 100, tools, tool_choice: { type: "any" } });
      assert.equal(answer.stop_reason, "tool_use");
      const call = answer.content.find((block) => block.type === "tool_use");
      assert.equal(call.name, "forecast");
      assert.equal(typeof call.input.sunny, "boolean");
    },
    async "messages-count"() {
      const { messages } = prompt;
      const short = await client.messages.countTokens({ model, messages });
      const long = await client.messages.countTokens({ model, messages: [...messages, { role: "assistant", content: "the gateway" }, ...messages] });
      assert.ok(short.input_tokens > 0 && long.input_tokens > short.input_tokens);
    },
    async "messages-wrong-key"() {
      const stranger = new Anthropic({ ...options, apiKey: "wrong-key-0000" });
      await assertRejects(() => stranger.messages.create({ model, ...prompt }), Anthropic.AuthenticationError, 401, "authentication_error");
    },
    async "messages-unknown-model"() {
      await assertRejects(() => client.messages.create({ model: "no-such-model", ...prompt }), Anthropic.NotFoundError, 404, "not_found_error");
    },
    async "messages-context-exceeded"() {
      const long = [{ role: "user", content: "the long budget context ".repeat(1000) }];
      await assertRejects(() => client.messages.create({ model, ...prompt, messages: long }), Anthropic.BadRequestError, 400, "invalid_request_error");
    },
    async "messages-abort"() {
      const slow = new Anthropic({ ...options, apiKey, baseURL: slowUrl.replace(/\/$/, "") });
      const stream = await slow.messages.create({ model, ...prompt, max_tokens: 100_000, stream: true, ...endless });
      for await (const event of stream) {
        assert.ok(event.type);
        stream.controller.abort();
      }
    },
  };
}
