// Drives the official JavaScript clients through a gateway. Reads one job from standard input, writes one JSON line a case:
// {"name","ok","message"}. The job: {"baseUrl","apiKey","model","expect","errors","streamErrors","messages","cases"}, or
// {"real":true,"baseUrl","apiKey","model","cases"} where a real engine is behind the gateway.
import { readFileSync } from "node:fs";
import * as messages from "./messages.mjs";
import * as openai from "./openai.mjs";
import * as real from "./real.mjs";

const job = JSON.parse(readFileSync(0, "utf8"));
const known = job.real ? real.cases(job) : { ...openai.cases(job), ...messages.cases(job) };

for (const name of job.cases) {
  const result = { name, ok: false, message: "" };
  try {
    if (!known[name]) throw new Error("There is no such case.");
    await known[name]();
    result.ok = true;
  } catch (error) {
    result.message = `${error?.stack ?? error}`;
  }
  process.stdout.write(JSON.stringify(result) + "\n");
}
// A stream that was left open may keep its socket for a while.
process.exit(0);
