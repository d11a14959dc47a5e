import { assertEquals } from "@std/assert";

const SCRIPT = `
import { interruptSignal } from "${new URL("./interrupt.ts", import.meta.url)}";
const signal = interruptSignal(() => console.log("stopping"));
signal.addEventListener("abort", () => console.log(signal.reason.name));
console.log("ready");
const forever = setInterval(() => {}, 1000);
if (Deno.args[0] === "polite") signal.addEventListener("abort", () => clearInterval(forever));
`;

/** Starts the script, sends signals one by one as it answers, and returns its lines and exit code. */
async function interrupt(how: "polite" | "stubborn", signals: Deno.Signal[]) {
  const script = await Deno.makeTempFile({ suffix: ".ts" });
  await Deno.writeTextFile(script, SCRIPT);
  const args = ["run", "-A", "--no-check", "--no-lock", script, how];
  await using child = new Deno.Command(Deno.execPath(), { args, stdout: "piped", stderr: "inherit" }).spawn();
  const lines: string[] = [];
  const left = [...signals];
  for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
    lines.push(...text.trim().split("\n"));
    const answered = lines.includes("ready") &&
      (left.length === signals.length || lines.includes("AbortError"));
    if (answered && left.length > 0) child.kill(left.shift()!);
  }
  const { code } = await child.status;
  await Deno.remove(script);
  return { code, lines };
}

const ignore = Deno.build.os === "windows"; // signals cannot be sent to a process there

for (const name of ["SIGINT", "SIGTERM"] as const) {
  Deno.test(
    `interruptSignal() aborts on ${name} and lets the program end by itself`,
    { ignore },
    async () => {
      assertEquals(await interrupt("polite", [name]), {
        code: 0,
        lines: ["ready", "stopping", "AbortError"],
      });
    },
  );
}

Deno.test("interruptSignal() leaves at once with 130 on the second Ctrl-C", { ignore }, async () => {
  const { code, lines } = await interrupt("stubborn", ["SIGINT", "SIGINT"]);
  assertEquals([code, lines], [130, ["ready", "stopping", "AbortError"]]);
});
