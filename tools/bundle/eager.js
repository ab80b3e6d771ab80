// Tells the browser which functions run while a page loads.
//
// A function is looked through when it is met, without being compiled, and parsed again when it is
// called, on the thread that draws the page. One that stands in parentheses is compiled at once,
// beside it. `tools/used_functions.py` writes down which ones run (`used.json`, next to the build that it
// belongs to): where they begin in the script that is not marked yet.

import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";

import { parse } from "acorn";
import { fullAncestor } from "acorn-walk";
import MagicString from "magic-string";

export const digest = (code) => createHash("sha256").update(code).digest("hex").slice(0, 8).toUpperCase();

/** The script with the functions that `used` (a file) names in parentheses, and how many. */
export function eager(code, used) {
  const found = existsSync(used) ? JSON.parse(readFileSync(used, "utf8")) : { of: "", starts: [] };
  if (process.argv.includes("--plain")) return { code, count: 0 };
  if (found.of !== digest(code)) {
    throw new Error("used.json is of another script: build with --plain and run tools/used_functions.py");
  }
  const starts = new Set(found.starts);
  const text = new MagicString(code);
  let count = 0;
  fullAncestor(parse(code, { ecmaVersion: "latest", sourceType: "module" }), (node, ancestors) => {
    if (!["FunctionExpression", "ArrowFunctionExpression"].includes(node.type)) return;
    // A method has no expression to put into parentheses.
    const above = ancestors.at(-2);
    const isMethod = above.type === "Property" && (above.method || above.kind !== "init");
    if (above.type === "MethodDefinition" || isMethod || !starts.has(node.start)) return;
    text.appendLeft(node.start, "(");
    text.appendRight(node.end, ")");
    count += 1;
  });
  return { code: text.toString(), count };
}
