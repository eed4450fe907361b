// What the cases of every client share.
import assert from "node:assert/strict";
import OpenAI from "openai";

const classes = {
  400: OpenAI.BadRequestError,
  401: OpenAI.AuthenticationError,
  403: OpenAI.PermissionDeniedError,
  404: OpenAI.NotFoundError,
  409: OpenAI.ConflictError,
  422: OpenAI.UnprocessableEntityError,
  429: OpenAI.RateLimitError,
};

export function assertError(error, expect) {
  const type = expect.status >= 500 ? OpenAI.InternalServerError : (classes[expect.status] ?? OpenAI.APIError);
  assert.ok(error instanceof type, `${error?.name} instead of ${type.name}: ${error?.message}`);
  assert.equal(error.status, expect.status);
  assert.equal(error.code ?? null, expect.code ?? null);
  assert.equal(error.type ?? null, expect.type ?? null);
  assert.equal(error.param ?? null, expect.param ?? null);
  assert.ok(error.message.includes(expect.message ?? ""), error.message);
}

export async function rejects(action) {
  let value;
  try {
    value = await action();
  } catch (error) {
    return error;
  }
  throw new Error(`Nothing was thrown; the answer was ${JSON.stringify(value)}`);
}

export async function read(stream) {
  const chunks = [];
  for await (const chunk of stream) chunks.push(chunk);
  return chunks;
}

export const text = (chunks) => chunks.map((chunk) => chunk.choices[0]?.delta?.content ?? "").join("");
export const lastReason = (chunks) => chunks.map((chunk) => chunk.choices[0]?.finish_reason).filter(Boolean).at(-1);

// Without its end token the test model goes on for minutes: whoever starts a case that leaves in the middle sees the slot freed.
export const endless = { logit_bias: { 260: -100 } };
