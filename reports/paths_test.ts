import { assertEquals } from "@std/assert";
import { isInside, links } from "./paths.ts";

Deno.test("isInside() accepts only paths within the run folder", () => {
  const good = ["records/a.json", "a", "artifacts/..b/c"];
  const bad = [
    "",
    "../a",
    "a/../../b",
    "/etc/passwd",
    "javascript:alert(1)",
    "C:\\x",
    "\\\\host\\x",
    "~/x",
    "//host/x",
  ];
  assertEquals(good.map(isInside), good.map(() => true));
  assertEquals(bad.map(isInside), bad.map(() => false));
});

Deno.test("links() point from the page to the run folder", () => {
  assertEquals(links("").to("records/a b#1.json", "0").text, '<a href="records/a%20b%231.json">0</a>');
  assertEquals(
    links("../run/").to("r.json", "0", "seed <0>").text,
    '<a href="../run/r.json" aria-label="seed &lt;0&gt;">0</a>',
  );
});

Deno.test("links() leave only the text of a path that leaves the run folder", () => {
  assertEquals(links("").to("javascript:alert(1)", "x").text, "x");
});
