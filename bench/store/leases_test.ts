import { assert, assertEquals } from "@std/assert";
import { Leases } from "./leases.ts";
import { withTempDir } from "../testing.ts";

const CELL = "sl/natural/seed-0";
const HERE = { host: "here", pid: Deno.pid, process: null };

async function filesOf(dir: string): Promise<string[]> {
  return (await Array.fromAsync(Deno.readDir(`${dir}/leases`))).map(({ name }) => name).sort();
}

Deno.test("take() gives a cell to one process alone, until it is released", async () => {
  await withTempDir(async (dir) => {
    const [a, b] = [new Leases(dir, { beatMs: 0 }), new Leases(dir, { beatMs: 0 })];
    const lease = await a.take(CELL);
    assert(lease !== null && await lease.held());
    assertEquals([await b.take(CELL), await a.take(CELL)], [null, null]);
    assert(await b.take("sl/robust/seed-0") !== null);
    assertEquals(await filesOf(dir), ["sl--natural--seed-0.json", "sl--robust--seed-0.json"]);
    await lease.release();
    assert(await b.take(CELL) !== null);
  });
});

Deno.test("take() gives a cell to one of many that ask at once", async () => {
  await withTempDir(async (dir) => {
    const all = Array.from({ length: 16 }, () => new Leases(dir, { beatMs: 0 }));
    const leases = await Promise.all(all.map((leases) => leases.take(CELL)));
    assertEquals(leases.filter((lease) => lease !== null).length, 1);
  });
});

Deno.test("take() steals the lease of a process of this machine that is gone, at once and once", async () => {
  await withTempDir(async (dir) => {
    const child = new Deno.Command(Deno.execPath(), { args: ["eval", "0"] }).spawn();
    await child.status;
    const dead = new Leases(dir, { beatMs: 0, owner: { ...HERE, pid: child.pid } });
    const lost = await dead.take(CELL);
    const all = Array.from({ length: 8 }, () => new Leases(dir, { beatMs: 0, owner: HERE }));
    assertEquals(await all[0].anyAlive(), false);
    const leases = await Promise.all(all.map((leases) => leases.take(CELL)));
    assertEquals(leases.filter((lease) => lease !== null).length, 1);
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
    assert(await new Leases(dir, { beatMs: 0, owner }).take(CELL) !== null);
    assert(await new Leases(dir, { beatMs: 0, owner: HERE }).take(CELL) !== null);
  });
});

Deno.test("take() steals the lease of another machine once its heartbeat has stopped, by the observer's clock", async () => {
  await withTempDir(async (dir) => {
    let ms = 0;
    const there = new Leases(dir, { beatMs: 0, owner: { ...HERE, host: "there" } });
    const here = new Leases(dir, { beatMs: 0, staleMs: 1000, now: () => ms, owner: HERE });
    assert(await there.take(CELL) !== null);
    const path = `${dir}/leases/sl--natural--seed-0.json`;
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

Deno.test("Leases beat while they are held, and rest when they are not", async () => {
  await withTempDir(async (dir) => {
    const leases = new Leases(dir, { beatMs: 5 });
    const lease = (await leases.take(CELL))!;
    const path = `${dir}/leases/sl--natural--seed-0.json`;
    await Deno.utime(path, new Date(0), new Date(0));
    const mtime = async () => (await Deno.stat(path)).mtime!.getTime();
    for (let i = 0; i < 200 && await mtime() === 0; i++) await new Promise((done) => setTimeout(done, 10));
    assert(await mtime() > 0);
    await lease.release(); // the sanitizers of this test see a timer that still runs
    assertEquals(await filesOf(dir), []);
  });
});

Deno.test("take() waits for a lease that does not read", async () => {
  await withTempDir(async (dir) => {
    await Deno.mkdir(`${dir}/leases`);
    await Deno.writeTextFile(`${dir}/leases/sl--natural--seed-0.json`, "{");
    let ms = 0;
    const leases = new Leases(dir, { beatMs: 0, now: () => ms });
    assertEquals(await leases.take(CELL), null);
    ms = 30_000;
    assert(await leases.take(CELL) !== null);
  });
});
