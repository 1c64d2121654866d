// The gateway's program as a process, in front of its simulated contact centre.

import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const PROGRAM = process.env.CCMESSAGING ?? fileURLToPath(new URL("../../target/debug/ccmessaging", import.meta.url));

/** Starts a command that ends with the test. */
export function run(t, [program, ...args], env) {
  const child = spawn(program, args, { env, stdio: ["ignore", "ignore", process.env.DEBUG ? "inherit" : "ignore"] });
  t.after(() => child.kill());
  return child;
}

/** Starts a program and gives what it prints as `name: value` or `name=value`, up to a name. */
export async function start(t, program, args, env, label) {
  if (!existsSync(program)) throw new Error(`${program} is missing: run "cargo build" first`);
  const child = spawn(program, args, { env, stdio: ["ignore", "pipe", "ignore"] });
  t.after(() => child.kill());
  const values = {};
  for await (const line of createInterface(child.stdout)) {
    const [, name, value] = /^(\w+)[:=] *(.*)$/.exec(line) ?? [];
    values[name] = value;
    if (name === label) break;
  }
  child.stdout.resume(); // It would stop at a full pipe.
  if (!values[label]) throw new Error(`${program} ${args.join(" ")} does not print ${label}`);
  return values;
}

/** `ccmessaging serve`, which pages of every origin may call. */
export async function gateway(t, { args = [], env = {} } = {}) {
  const all = ["serve", "--listen", "127.0.0.1:0", ...args];
  const { gateway: origin } = await start(t, PROGRAM, all, { ALLOWED_ORIGINS: "*", ...env }, "gateway");
  return {
    origin,
    endpoint: `${origin}/apiaccess/ccmessaging/uploadFileStream`,
    async token() {
      const answer = await fetch(`${origin}/session`, { method: "POST" });
      return (await answer.json()).token;
    },
    async stored() {
      return (await fetch(`${origin}/stored-files`)).json();
    },
    async content(objectKey) {
      return Buffer.from(await (await fetch(`${origin}/stored-files/${objectKey}`)).arrayBuffer());
    },
  };
}

/** `ccmessaging sandbox`: the simulated contact centre alone, as variables of the gateway. */
export const contactCentre = (t, args = []) =>
  start(t, PROGRAM, ["sandbox", "--listen", "127.0.0.1:0", ...args], {}, "CCMESSAGING_TOKEN");
