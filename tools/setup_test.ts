import { assertEquals, assertMatch } from "@std/assert";
import { runInSandbox, type SandboxResult } from "./shell_sandbox.ts";

/** A Deno that says what it is told to run. The probe finds an adapter if the file `driver` exists. */
function deno(version: string, { cached = true } = {}): string {
  return `case "$1" in
  --version) echo "deno ${version} (stable, release, x86_64-unknown-linux-gnu)" ;;
  install) case "$*" in *--cached-only*) exit ${cached ? 0 : 1} ;; esac ;;
  run) [ -e "$BOX/driver" ] || exit 4 ;;
  task) shift; printf 'task'; printf ' <%s>' "$@"; echo; [ "$1" != broken ] || exit 3 ;;
esac`;
}

const LINUX = { uname: "echo Linux" };
const ROOT_USER = { id: '[ "$1" = -u ] && echo 0 || echo root' };
const PLAIN_USER = { id: '[ "$1" = -u ] && echo 1000 || echo nora' };
const DRIVER = { driver: "" };
/** A package manager that works. */
const APT = { "apt-get": `echo "$*" >>"$BOX/apt.log"; case "$1" in install) : >"$BOX/driver" ;; esac` };

function setup(
  programs: Record<string, string>,
  files: Record<string, string> = {},
  args: string[] = [],
): Promise<SandboxResult> {
  return runInSandbox("setup.sh", { programs: { ...LINUX, ...ROOT_USER, ...programs }, files, args });
}

Deno.test("setup.sh says nothing when nothing is missing", async () => {
  assertEquals(await setup({ deno: deno("2.9.6") }, DRIVER), { code: 0, stdout: [], stderr: [] });
});

Deno.test("setup.sh hands words and exit code through to the task", async () => {
  const bench = await setup({ deno: deno("2.9.6") }, DRIVER, ["bench", "--out", "a b", ""]);
  assertEquals(bench, { code: 0, stdout: ["task <bench> <--out> <a b> <>"], stderr: [] });
  assertEquals((await setup({ deno: deno("2.9.6") }, DRIVER, ["broken"])).code, 3);
});

for (const version of ["2.8.0", "2.10.1", "3.0.0"]) {
  Deno.test(`setup.sh accepts Deno ${version}`, async () => {
    assertEquals((await setup({ deno: deno(version) }, DRIVER)).stderr, []);
  });
}

Deno.test("setup.sh puts the pinned Deno next to itself if the present one is too old", async () => {
  const npm = `[ "\${PWD##*/}" = .deno ] || exit 9
mkdir -p node_modules/@deno/here
cp "$BOX/new-deno" node_modules/@deno/here/deno
chmod +x node_modules/@deno/here/deno`;
  const files = { ...DRIVER, "new-deno": `#!/bin/sh\n${deno("2.9.6")}` };
  const { code, stdout, stderr } = await setup({ deno: deno("2.7.14"), npm }, files, ["test"]);
  assertEquals([code, stdout, stderr], [0, ["task <test>"], ["Installing Deno 2.9.6 into .deno from npm"]]);
});

Deno.test("setup.sh falls back to the installer, then gives up with a hint", async () => {
  const offline = { npm: "echo no route >&2; exit 1", curl: "echo no host >&2; exit 6", unzip: "" };
  const { code, stderr } = await setup(offline, DRIVER);
  assertEquals(code, 1);
  assertEquals(stderr.slice(0, 4), [
    "Installing Deno 2.9.6 into .deno from npm",
    "  | no route",
    "Installing Deno 2.9.6 into .deno with the official installer",
    "  | no host",
  ]);
  assertMatch(stderr[4], /^Cannot install Deno 2\.9\.6: neither npm nor the official installer succeeded/);
  assertMatch(stderr[5], /^Hint: /);
});

Deno.test("setup.sh fetches packages that are not cached", async () => {
  const { code, stderr } = await setup({ deno: deno("2.9.6", { cached: false }) }, DRIVER);
  assertEquals([code, stderr], [0, ["Fetching the npm packages that deno.lock lists"]]);
});

Deno.test("setup.sh installs a software driver as root if no adapter answers", async () => {
  const { code, stderr } = await setup({ deno: deno("2.9.6"), ...APT });
  assertEquals([code, stderr], [0, [
    "Installing a software Vulkan driver with apt-get (libvulkan1 mesa-vulkan-drivers), since no GPU adapter answers",
  ]]);
});

Deno.test("setup.sh installs a software driver through sudo without a password", async () => {
  const sudo = `[ "$1" = -n ] && shift; [ "$1" = true ] || exec "$@"`;
  const { code, stderr } = await setup({ deno: deno("2.9.6"), ...APT, ...PLAIN_USER, sudo });
  assertEquals([code, stderr.length], [0, 1]);
});

Deno.test("setup.sh prints the command where it has no root rights", async () => {
  const programs = { deno: deno("2.9.6"), ...APT, ...PLAIN_USER, sudo: "exit 1" };
  assertEquals(await setup(programs), {
    code: 4,
    stdout: [],
    stderr: [
      "Cannot install a software Vulkan driver: no GPU adapter answers, and packages need root rights, this is user nora",
      "Hint: run sudo apt-get update && sudo apt-get install -y --no-install-recommends libvulkan1 mesa-vulkan-drivers",
    ],
  });
});

Deno.test("setup.sh stops with 4 where no package manager is known", async () => {
  const { code, stderr } = await setup({ deno: deno("2.9.6") });
  assertEquals(code, 4);
  assertMatch(stderr[0], /^Cannot install a software Vulkan driver: .* no known package manager/);
});

Deno.test("setup.sh shows why packages could not be installed", async () => {
  const { code, stderr } = await setup({ deno: deno("2.9.6"), "apt-get": "echo E: no mirror; exit 100" });
  assertEquals([code, stderr[1]], [4, "  | E: no mirror"]);
  assertMatch(stderr[2], /`apt-get update` failed/);
});

Deno.test("setup.sh stops with 4 if the driver does not help", async () => {
  const { code, stderr } = await setup({ deno: deno("2.9.6"), "apt-get": "" });
  assertEquals(code, 4);
  assertMatch(stderr[1], /^Cannot use WebGPU: no adapter answers, even with libvulkan1 mesa-vulkan-drivers/);
});

Deno.test("setup.sh asks for no adapter where the task needs none", async () => {
  const { code, stdout } = await setup({ deno: deno("2.9.6") }, {}, ["report", "results/x"]);
  assertEquals([code, stdout], [0, ["task <report> <results/x>"]]);
});

Deno.test("setup.sh leaves it to the task whether a backend answers that is asked for", async () => {
  const words = ["bench", "--backend", "gl"];
  const { code, stdout } = await setup({ deno: deno("2.9.6") }, {}, words);
  assertEquals([code, stdout], [0, ["task <bench> <--backend> <gl>"]]);
});

Deno.test("setup.sh does not take a broken probe for a missing adapter", async () => {
  const broken = deno("2.9.6").replace("exit 4", "{ echo boom; exit 139; }");
  const { code, stderr } = await setup({ deno: broken, ...APT });
  assertEquals([code, stderr], [1, [
    "Cannot ask for a GPU adapter: tools/probe_adapter.ts ended with code 139, boom",
  ]]);
});
