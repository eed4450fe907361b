// Anthropic's own client on the Messages API: the engine's own, or a translation.
import assert from "node:assert/strict";
import Anthropic from "@anthropic-ai/sdk";

const prompt = { max_tokens: 64, messages: [{ role: "user", content: "What is the capital of France?" }] };

const classes = {
  400: Anthropic.BadRequestError,
  401: Anthropic.AuthenticationError,
  403: Anthropic.PermissionDeniedError,
  404: Anthropic.NotFoundError,
  422: Anthropic.UnprocessableEntityError,
  429: Anthropic.RateLimitError,
};

async function assertRejects(action, { status, type }) {
  const expected = status >= 500 ? Anthropic.InternalServerError : (classes[status] ?? Anthropic.APIError);
  await assert.rejects(action, (error) => {
    assert.ok(error instanceof expected, `${error?.name} instead of ${expected.name}: ${error?.message}`);
    assert.equal(error.status, status);
    assert.equal(error.error.type, "error");
    assert.equal(error.error.error.type, type);
    return true;
  });
}

export function cases({ baseUrl, apiKey, model, expect, messagesErrors }) {
  const client = new Anthropic({ baseURL: baseUrl.replace(/\/$/, ""), apiKey, maxRetries: 0, timeout: 30_000 });

  const all = {
    async messages() {
      const answer = await client.messages.create({ model, ...prompt });
      assert.equal(answer.type, "message");
      assert.ok(answer.content.length > 0 && answer.usage.output_tokens > 0);
    },
    async "messages-stream"() {
      const message = await client.messages.stream({ model, ...prompt }).finalMessage();
      assert.ok(message.content.length > 0 && message.stop_reason);
    },
    async "messages-wrong-key"() {
      const stranger = new Anthropic({ baseURL: baseUrl.replace(/\/$/, ""), apiKey: "wrong-key-0000", maxRetries: 0 });
      await assertRejects(() => stranger.messages.create({ model, ...prompt }), { status: 401, type: "authentication_error" });
    },
    async "messages-unknown-model"() {
      await assertRejects(() => client.messages.create({ model: "no-such-model", ...prompt }), { status: 404, type: "not_found_error" });
    },
  };

  for (const one of messagesErrors) {
    all[`messages-error ${one.case}`] = () =>
      assertRejects(() => client.messages.create({ model, ...prompt }, { headers: { "x-fake-scenario": `error ${one.case}` } }), one.expect);
  }
  return all;
}
