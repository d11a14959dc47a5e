import { assertEquals, assertLess, assertMatch, assertRejects } from "@std/assert";
import { NoAdapterError } from "../../engine/device/device.ts";
import { PROJECT_ROOT } from "../record/env.ts";
import { withTempDir } from "../testing.ts";
import { startPeer } from "./peer_process.ts";

/** A program that answers each request by what the body, a function's, returns for it. */
async function withProgram(body: string, test: (peer: ReturnType<typeof startPeer>) => Promise<void>) {
  await withTempDir(async (dir) => {
    const protocol = new URL("common/child/json_lines.ts", PROJECT_ROOT).href;
    await Deno.writeTextFile(
      `${dir}/peer.ts`,
      `import { linesOf } from ${JSON.stringify(protocol)};
      console.log("chatter\\n{also}");
      for await (const line of linesOf(Deno.stdin.readable)) {
        const request = JSON.parse(line);
        const answer = await (async () => { ${body} })();
        console.log(JSON.stringify({ id: request.id, ...answer }));
        if (request.do === "stop") break;
      }`,
    );
    const args = ["run", "--quiet", "--no-check", "--no-config", "-A", `${dir}/peer.ts`];
    const peer = startPeer("made up", { program: Deno.execPath(), args, cwd: PROJECT_ROOT });
    try {
      await test(peer);
    } finally {
      await peer.close();
    }
  });
}

Deno.test("startPeer() asks a process and hears through its chatter", async () => {
  await withProgram(`console.log("more"); return { echo: request.do };`, async (peer) => {
    assertEquals(await peer.ask({ do: "open" }), { id: 1, echo: "open" });
    assertEquals(await peer.ask({ do: "sample", workload: "step", steps: 1 }), { id: 2, echo: "sample" });
  });
});

Deno.test("startPeer() throws what a process replies as an error, and then continues", async () => {
  const body =
    `return request.id === 3 ? {} : { error: "no luck", name: request.id === 1 ? "NoAdapterError" : "E" };`;
  await withProgram(body, async (peer) => {
    await assertRejects(() => peer.ask({ do: "open" }), NoAdapterError, "no luck");
    await assertRejects(() => peer.ask({ do: "open" }), Error, "Cannot measure made up: no luck");
    assertEquals(await peer.ask({ do: "open" }), { id: 3 });
  });
});

Deno.test("startPeer() says how a process ended, and its last words", async () => {
  await withProgram(`console.error("out of luck"); Deno.exit(7);`, async (peer) => {
    const error = await assertRejects(() => peer.ask({ do: "open" }), Error);
    assertEquals(error.message, "Cannot measure made up: its process ended with code 7, out of luck");
    await assertRejects(() => peer.ask({ do: "open" }), Error, "its process ended with code 7");
  });
});

Deno.test("startPeer() ends a process that is busy", async () => {
  await withProgram(
    `if (request.id === 2) await new Promise((done) => setTimeout(done, 60_000));`,
    async (peer) => {
      await peer.ask({ do: "open" });
      const busy = peer.ask({ do: "open" }).catch((error) => error.message);
      const from = performance.now();
      await peer.close();
      assertLess(performance.now() - from, 20_000);
      assertMatch(await busy, /^Cannot measure made up: its process ended with code/);
    },
  );
});

Deno.test("startPeer() says which program is not there", () => {
  const start = () => startPeer("made up", { program: "no-such-program-here", args: [], cwd: PROJECT_ROOT });
  let message = "";
  try {
    start();
  } catch (error) {
    message = (error as Error).message;
  }
  assertMatch(message, /^Cannot start made up: .*no-such-program-here/);
});
