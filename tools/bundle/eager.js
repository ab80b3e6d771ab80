// Tells the browser which functions run while a script loads.
//
// A function is parsed when it is met, without being compiled, and parsed again when it is called;
// one that stands in parentheses is compiled at once, beside the main thread. CommonJS modules
// packed into one script are all functions that run while it loads.

import { parse } from "acorn";
import { full } from "acorn-walk";
import MagicString from "magic-string";

// `var t=(e,r)=>()=>{… {exports:{}} …}`: what packers call their helper is theirs to choose.
const HELPER = /([\w$]+)=\(\w+,\w+\)=>\(\)=>[^;]{0,60}\{exports:\{\}\}/g;

/** `code` with the bodies of packed CommonJS modules in parentheses, and how many there were. */
export function eager(code) {
  const helpers = new Set([...code.matchAll(HELPER)].map((found) => found[1]));
  const text = new MagicString(code);
  let count = 0;
  full(parse(code, { ecmaVersion: "latest", sourceType: "module" }), (node) => {
    if (node.type !== "CallExpression" || !helpers.has(node.callee.name)) return;
    const [made] = node.arguments;
    if (made?.type !== "ArrowFunctionExpression" || made.body.type !== "BlockStatement") return;
    const names = made.params.map((one) => code.slice(one.start, one.end)).join(",");
    text.overwrite(made.start, made.body.start, `(function(${names})`);
    text.appendRight(made.end, ")");
    count += 1;
  });
  return { code: text.toString(), count };
}
