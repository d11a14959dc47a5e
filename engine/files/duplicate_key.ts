/** Keys that occur twice in a JSON object: `JSON.parse` keeps the last one and says nothing. */

/**
 * The first key that an object in a JSON text has twice, whichever object it is; null where there is none.
 *
 * @param json Valid JSON: what `JSON.parse` accepts.
 */
export function duplicateKey(json: string): string | null {
  const open: (Set<string> | null)[] = []; // null for lists
  for (let at = 0; at < json.length; at++) {
    switch (json[at]) {
      case "{":
        open.push(new Set());
        break;
      case "[":
        open.push(null);
        break;
      case "}":
      case "]":
        open.pop();
        break;
      case '"': {
        const end = endOfString(json, at);
        const keys = open.at(-1);
        if (keys && isKey(json, end)) {
          const key: string = JSON.parse(json.slice(at, end));
          if (keys.has(key)) return key;
          keys.add(key);
        }
        at = end - 1;
      }
    }
  }
  return null;
}

/** Behind the closing quote. */
function endOfString(json: string, start: number): number {
  let at = start + 1;
  while (json[at] !== '"') at += json[at] === "\\" ? 2 : 1;
  return at + 1;
}

function isKey(json: string, from: number): boolean {
  let at = from;
  while (/\s/.test(json[at] ?? "")) at++;
  return json[at] === ":";
}
