import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { PROJECT_ROOT } from "../record/env.ts";
import { UsageError } from "../../common/usage_error.ts";
import { installPackages } from "./install_packages.ts";
import { PACKAGES_CONFIG } from "./peer_list.ts";

/** Installs with a Deno that succeeds or fails as given, call by call. */
async function install(outcomes: readonly boolean[]) {
  const calls: string[] = [], said: string[] = [];
  const { signal } = new AbortController();
  await installPackages({ say: (text) => said.push(text), signal }, (_, args) => {
    calls.push(args.join(" "));
    return Promise.resolve({
      success: outcomes[calls.length - 1],
      stderr: "error: Failed\n\nCaused by:\n  no route\n",
    });
  });
  return { calls, said };
}

Deno.test("installPackages() fetches nothing and says nothing where all is there", async () => {
  const { calls, said } = await install([true]);
  assertEquals([calls.length, said], [1, []]);
  assertMatch(
    calls[0],
    /^install --quiet --frozen --config bench\/peers\/packages\/deno\.json --cached-only$/,
  );
});

Deno.test("installPackages() fetches what is missing, exactly as locked", async () => {
  const { calls, said } = await install([false, true]);
  assertEquals(calls[1], "install --quiet --frozen --config bench/peers/packages/deno.json");
  assertEquals(said, ["Fetching the packages of the peers\n"]);
});

Deno.test("installPackages() says why it cannot, and what to do", async () => {
  const error = await assertRejects(() => install([false, false]), UsageError);
  assertEquals(
    error.message,
    "Cannot fetch the packages of the peers: Failed, no route\n" +
      "Hint: check the network, or leave them out with option peers torch",
  );
  assertEquals(error.exitCode, 1);
});

Deno.test("installPackages() has every package pinned, and none of them is the suite's own", async () => {
  const read = async (path: string) => await Deno.readTextFile(new URL(path, PROJECT_ROOT));
  const { imports, lock } = JSON.parse(await read(PACKAGES_CONFIG));
  const locked = JSON.parse(await read("bench/peers/packages/deno.lock"));
  const own = await read("deno.json") + await read("deno.lock");
  assertEquals(lock.frozen, true);
  for (const [name, target] of Object.entries<string>(imports)) {
    assertMatch(target, /^npm:@[a-z-]+\/[a-z-]+@\d+\.\d+\.\d+$/);
    assertEquals(target in locked.specifiers, true, target);
    assertEquals(own.includes(name), false, name);
  }
});
