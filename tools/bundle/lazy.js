// Types of messages are made when the first of their kind is met.
//
// Streamlit's messages are 136 types of Protocol Buffers, 0.8 MB of script that makes them all before
// anything else happens. A page of ours meets a third of them. Those that nothing imports by name are
// reached through the object that holds all of them, so they can wait there.

import { parse } from "acorn";
import MagicString from "magic-string";

const HELPER =
  "function gridgovLazy(all,name,make){Object.defineProperty(all,name,{configurable:true,enumerable:true," +
  "get(){const value=make();Object.defineProperty(all,name,{configurable:true,enumerable:true,writable:true,value});" +
  "return value}})}\n";

/** The script with `all.Name = (() => {…})()`, as a statement of its own, made on demand. */
export function lazyMembers(code) {
  const text = new MagicString(code);
  let count = 0;
  const delay = (made) => {
    text.overwrite(made.start, made.right.callee.start, `gridgovLazy(${made.left.object.name},"${made.left.property.name}",`);
    text.overwrite(made.right.callee.end, made.right.end, ")");
    count += 1;
  };
  for (const statement of parse(code, { ecmaVersion: "latest", sourceType: "module" }).body) {
    if (statement.type !== "ExpressionStatement") continue;
    const { expression } = statement;
    const each = expression.type === "SequenceExpression" ? expression.expressions : [expression];
    each.filter((made) => isType(made, code)).forEach(delay);
  }
  // Were it fewer, the script would be another one: look at it.
  if (count < 80) throw new Error(`only ${count} types of messages found`);
  return HELPER + text.toString();
}

function isType(made, code) {
  return (
    made.type === "AssignmentExpression" && made.operator === "=" &&
    made.left.type === "MemberExpression" && !made.left.computed && made.left.object.type === "Identifier" &&
    made.right.type === "CallExpression" && made.right.arguments.length === 0 &&
    made.right.callee.type === "ArrowFunctionExpression" &&
    /\.(getTypeUrl|encode)=/.test(code.slice(made.start, made.end))
  );
}
