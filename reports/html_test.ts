import { assertEquals } from "@std/assert";
import { Html, markup } from "./html.ts";

Deno.test("markup() escapes values in text and attributes", () => {
  const bad = `<script>alert("x")</script> & 'y'`;
  const safe = "&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt; &amp; &#39;y&#39;";
  assertEquals(markup`<p title="${bad}">${bad}</p>`.text, `<p title="${safe}">${safe}</p>`);
});

Deno.test("markup() keeps markup, joins lists and leaves nothing for null and false", () => {
  assertEquals(markup`${[markup`<i>${1}</i>`, new Html("<b>"), "<"]}${null}${false}`.text, "<i>1</i><b>&lt;");
});

Deno.test("markup() replaces control characters", () => {
  assertEquals(markup`${"a\u0000b\u001b[31m\tc\n"}`.text, "a\ufffdb\ufffd[31m\tc\n");
});
