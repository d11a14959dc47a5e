import { assert, assertEquals } from "@std/assert";
import { Claims } from "./claims.ts";
import { withTempDir } from "../testing.ts";

const CELL = "sl/natural/seed-0";
const HERE = { host: "here", pid: Deno.pid, process: null };

async function filesOf(dir: string): Promise<string[]> {
  return (await Array.fromAsync(Deno.readDir(`${dir}/claims`))).map(({ name }) => name).sort();
}

Deno.test("take() gives a cell to one process alone, until it is released", async () => {
  await withTempDir(async (dir) => {
    const [a, b] = [new Claims(dir, { beatMs: 0 }), new Claims(dir, { beatMs: 0 })];
    const claim = await a.take(CELL);
    assert(claim !== null && await claim.held());
    assertEquals([await b.take(CELL), await a.take(CELL)], [null, null]);
    assert(await b.take("sl/robust/seed-0") !== null);
    assertEquals(await filesOf(dir), ["sl--natural--seed-0.json", "sl--robust--seed-0.json"]);
    await claim.release();
    assert(await b.take(CELL) !== null);
  });
});

Deno.test("take() gives a cell to one of many that ask at once", async () => {
  await withTempDir(async (dir) => {
    const all = Array.from({ length: 16 }, () => new Claims(dir, { beatMs: 0 }));
    const claims = await Promise.all(all.map((claims) => claims.take(CELL)));
    assertEquals(claims.filter((claim) => claim !== null).length, 1);
  });
});

Deno.test("take() takes over from a process of this machine that is gone, at once and once", async () => {
  await withTempDir(async (dir) => {
    const child = new Deno.Command(Deno.execPath(), { args: ["eval", "0"] }).spawn();
    await child.status;
    const dead = new Claims(dir, { beatMs: 0, owner: { ...HERE, pid: child.pid } });
    const lost = await dead.take(CELL);
    const all = Array.from({ length: 8 }, () => new Claims(dir, { beatMs: 0, owner: HERE }));
    assertEquals(await all[0].anyAlive(), false);
    const claims = await Promise.all(all.map((claims) => claims.take(CELL)));
    assertEquals(claims.filter((claim) => claim !== null).length, 1);
    assertEquals(await lost!.held(), false);
    await lost!.release();
    assertEquals(await all[0].anyAlive(), true);
    assertEquals(await all[1].take(CELL), null);
  });
});

Deno.test("take() tells a new process with an old number from the old one", {
  ignore: Deno.build.os !== "linux",
}, async () => {
  await withTempDir(async (dir) => {
    const owner = { host: "here", pid: Deno.ppid, process: "1" };
    assert(await new Claims(dir, { beatMs: 0, owner }).take(CELL) !== null);
    assert(await new Claims(dir, { beatMs: 0, owner: HERE }).take(CELL) !== null);
  });
});

Deno.test("take() takes over from another machine once its heartbeat has stopped, by the observer's clock", async () => {
  await withTempDir(async (dir) => {
    let ms = 0;
    const there = new Claims(dir, { beatMs: 0, owner: { ...HERE, host: "there" } });
    const here = new Claims(dir, { beatMs: 0, staleMs: 1000, now: () => ms, owner: HERE });
    assert(await there.take(CELL) !== null);
    const path = `${dir}/claims/sl--natural--seed-0.json`;
    assertEquals(await here.take(CELL), null);
    ms = 900;
    await Deno.utime(path, new Date(0), new Date(0)); // a beat, from a clock that is years behind
    assertEquals(await here.take(CELL), null);
    ms = 1800;
    assertEquals(await here.take(CELL), null);
    assertEquals(await here.anyAlive(), true);
    ms = 1900;
    assert(await here.take(CELL) !== null);
  });
});

Deno.test("Claims beat while they are held, and rest when they are not", async () => {
  await withTempDir(async (dir) => {
    const claims = new Claims(dir, { beatMs: 5 });
    const claim = (await claims.take(CELL))!;
    const path = `${dir}/claims/sl--natural--seed-0.json`;
    await Deno.utime(path, new Date(0), new Date(0));
    const mtime = async () => (await Deno.stat(path)).mtime!.getTime();
    for (let i = 0; i < 200 && await mtime() === 0; i++) await new Promise((done) => setTimeout(done, 10));
    assert(await mtime() > 0);
    await claim.release(); // the sanitizers of this test see a timer that goes on
    assertEquals(await filesOf(dir), []);
  });
});

Deno.test("take() waits for a claim that does not read", async () => {
  await withTempDir(async (dir) => {
    await Deno.mkdir(`${dir}/claims`);
    await Deno.writeTextFile(`${dir}/claims/sl--natural--seed-0.json`, "{");
    let ms = 0;
    const claims = new Claims(dir, { beatMs: 0, now: () => ms });
    assertEquals(await claims.take(CELL), null);
    ms = 30_000;
    assert(await claims.take(CELL) !== null);
  });
});
