import { assertEquals, assertThrows } from "@std/assert";
import { formatTable } from "./table.ts";

Deno.test("formatTable() aligns columns to their widest cell", () => {
  const text = formatTable([{ title: "cell" }, { title: "clean", align: "right" }, { title: "status" }], [
    ["sl/natural", "65.0 %", "ok"],
    ["a", "-", "failed"],
  ]);
  assertEquals(
    text,
    "cell         clean  status\n" +
      "----------  ------  ------\n" +
      "sl/natural  65.0 %  ok\n" +
      "a                -  failed\n",
  );
});

Deno.test("formatTable() shows a table without rows as its titles", () => {
  assertEquals(formatTable([{ title: "a" }], []), "a\n-\n");
});

Deno.test("formatTable() throws where a row does not fit the columns", () => {
  assertThrows(
    () => formatTable([{ title: "a" }], [["1", "2"]]),
    RangeError,
    "a row has 2 cells, given 1 columns",
  );
});
