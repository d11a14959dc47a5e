import { assertEquals } from "@std/assert";
import { downloadLinks, toCsv } from "./download.ts";

Deno.test("toCsv() quotes separators, quotes and line ends, and leaves null empty", () => {
  const rows = [{ name: `a,"b"`, value: 0.5 }, { name: "c\nd", value: null }];
  assertEquals(toCsv(rows), 'name,value\r\n"a,""b""",0.5\r\n"c\nd",\r\n');
});

Deno.test("downloadLinks() carry the data themselves", () => {
  const rows = [{ set: `<&"'>`, value: 0.25 }];
  const links = [...downloadLinks("x", rows).text.matchAll(/href="data:([a-z/]+);charset=utf-8,([^"]*)"/g)];
  assertEquals(links.map(([, mime]) => mime), ["text/csv", "application/json"]);
  const unescape = (text: string) => decodeURIComponent(text.replaceAll("&#39;", "'"));
  assertEquals(unescape(links[0][2]), toCsv(rows));
  assertEquals(JSON.parse(unescape(links[1][2])), rows);
});
