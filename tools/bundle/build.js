// Packs the scripts that every page of ours needs into one: `npm run build -- STATIC`, where STATIC
// is the folder `streamlit/static/static/js` of the pinned Streamlit. See README.md.

import { readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";

import { rollup } from "rollup";

import { digest, eager } from "./eager.js";
import { lazyMembers } from "./lazy.js";

// Loaded by Streamlit when an element of the kind first appears, which is on every page of ours.
const PARTS = ["BidiComponent", "Button", "ButtonGroup", "Html", "Selectbox"];
const OUT = new URL("../../gridgov/access/bundle/", import.meta.url).pathname;
const IMPORTS = /(?:^|[;}\s])(?:import|export)\s*(?:[\w*{][^`'"();]*?from\s*)?["'`]\.\/([^"'`]+\.js)["'`]/g;
const EXPECTED = new Set(["CIRCULAR_DEPENDENCY", "EVAL", "INVALID_ANNOTATION", "THIS_IS_UNDEFINED"]);
const ENTRY = "\0entry";

const folder = process.argv[2];
const names = readdirSync(folder).filter((name) => name.endsWith(".js"));
const source = (name) => readFileSync(join(folder, name), "utf8");
const html = readFileSync(join(folder, "..", "..", "index.html"), "utf8");
const [, index] = html.match(/src="\.\/static\/js\/(index\.[^"]+\.js)"/);

// The first script, the parts, and all that they import.
const members = [];
const waiting = [index, ...PARTS.map((part) => names.find((name) => name.split(".")[0] === part))];
for (const name of waiting) {
  if (members.includes(name)) continue;
  members.push(name);
  for (const [, other] of source(name).matchAll(IMPORTS)) waiting.push(other);
}

const exported = {};
async function packed(entry) {
  const build = await rollup({
    input: ENTRY,
    treeshake: false,
    onwarn(warning) {
      if (!EXPECTED.has(warning.code)) throw new Error(warning.message);
    },
    plugins: [
      {
        name: "streamlit",
        resolveId(asked) {
          if (asked === ENTRY) return ENTRY;
          const name = basename(asked);
          // Others stay files of their own, beside the packed script.
          return members.includes(name) ? join(folder, name) : { id: `./${name}`, external: true };
        },
        load(id) {
          if (id === ENTRY) return entry;
          const name = basename(id);
          if (name.startsWith("preload-helper.")) return styles(source(name));
          if (name.startsWith("protobuf.")) return lazyMembers(source(name));
          return name === index ? connected(source(name)) : null;
        },
        moduleParsed(found) {
          exported[basename(found.id)] = found.exports;
        },
      },
    ],
  });
  const { output } = await build.generate({
    format: "es", compact: true, inlineDynamicImports: true, paths: (id) => id,
  });
  await build.close();
  return output[0].code;
}

// Before it loads a part, Streamlit asks for every script that the part imports. Those in here are
// here already; style sheets still have to come.
function styles(code) {
  const loads = /=function\(\w,(\w),\w\)\{(?=let \w=Promise\.resolve\(\))/;
  const changed = code.replace(loads, (head, files) => {
    return `${head}${files}=${files}?.filter(name=>name.endsWith(\`.css\`));`;
  });
  if (changed === code) throw new Error("preload-helper is another one: look at it");
  return changed;
}

// The connection is ours (socket.js).
function connected(code) {
  const parts = code.split("new WebSocket(");
  if (parts.length !== 2) throw new Error(`${parts.length - 1} connections found instead of one`);
  return parts.join("gridgovStream(");
}

// A part that is here already need not be waited for. React shows a placeholder for a part whose
// promise is open, and the next one 0.3 s later at the earliest.
function ready(code) {
  const lazy = new RegExp(
    String.raw`(\.lazy\)\()\(\)=>[\w$]+\(\(\)=>Promise\.resolve\(\)\.then\(function\(\)\{return ([\w$]+)\}\),` +
      String.raw`__vite__mapDeps[\w$]*\(\[[\d,]*\]\),import\.meta\.url\)\)`,
    "g",
  );
  let count = 0;
  const changed = code.replace(lazy, (_all, head, part) => {
    count += 1;
    return `${head}()=>({then(done){done(${part})}}))`;
  });
  if (count !== PARTS.length) throw new Error(`${count} parts found instead of ${PARTS.length}`);
  return changed;
}

// Libraries find out by trying what the browser can do. With an inspector at the page, V8 parses the
// whole script again for the place of the first error in it (0.1 s), so these look before they try.
// WebAssembly is forbidden by the content policy anyway.
function quiet(code) {
  const tries = [
    [/(var (\w+)=[\w$.]+\.global\.Buffer;return \2)(?=\.prototype\.utf8Write)/g, "$1?"],
    [/(?<=try\{)(?=\w+=new WebAssembly\.Instance\(new WebAssembly\.Module\()/g, "if(!1)"],
    [/(?<=try\{)(\w)\[([\w$]+)\]=void 0;var (\w)=!0(?=;?\}catch\{\})/g, "var $3=Reflect.set($1,$2,void 0)"],
  ];
  for (const [pattern, instead] of tries) {
    if (code.match(pattern)?.length !== 1) throw new Error(`not found once: ${pattern}`);
    code = code.replace(pattern, instead);
  }
  return code;
}

await packed(members.map((name) => `import "./${name}";`).join("\n"));
// Every member stays importable under its own name: what it exports, and as what the script does.
const stubs = {};
let entry = `import "./${index}";\n`;
members.forEach((name, at) => {
  stubs[name] = Object.fromEntries(exported[name].map((one) => [one, `m${at}_${one}`]));
  const pairs = Object.entries(stubs[name]).map(([one, other]) => `${one} as ${other}`);
  if (pairs.length) entry += `export { ${pairs.join(", ")} } from "./${name}";\n`;
});

const used = new URL("used.json", import.meta.url).pathname;
const socket = readFileSync(new URL("socket.js", import.meta.url), "utf8").replace(/^ *\/\/.*\n/gm, "");
const { code, count } = eager(`${quiet(ready(await packed(entry)))}\n${socket}`, used);
for (const name of readdirSync(OUT)) if (/^streamlit-.*\.js$/.test(name)) rmSync(join(OUT, name));
const script = `streamlit-${digest(code)}.js`;
writeFileSync(join(OUT, script), code);
writeFileSync(join(OUT, "members.json"), `${JSON.stringify({ script, index, members: stubs })}\n`);
console.log(`${script}: ${members.length} scripts, ${code.length} characters, ${count} eager`);
