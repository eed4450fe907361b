// Drives JavaScript clients through a gateway. Reads one job from standard input, writes one JSON line a case: {"name","ok","message"}.
// The job: {"clients","baseUrl","apiKey","model","cases"}, where each of "clients" is a file beside this one, and what its cases need.
import { readFileSync } from "node:fs";

const job = JSON.parse(readFileSync(0, "utf8"));
const known = {};
for (const client of job.clients) {
  Object.assign(known, (await import(`./${client}.mjs`)).cases(job));
}

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
