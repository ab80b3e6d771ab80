// Packs `figure.js` with the part of plotly.js that it uses: `npm run build`. See README.md.

import { readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { build } from "esbuild";

import { digest, eager } from "../bundle/eager.js";

const OUT = new URL("../../gridgov/ui/figure/", import.meta.url).pathname;

const { outputFiles } = await build({
  entryPoints: ["figure.js"],
  bundle: true,
  minify: true,
  format: "esm",
  target: "es2022",
  legalComments: "none",
  charset: "utf8",
  define: { global: "window" },
  loader: { ".css": "empty" },
  write: false,
});

const used = new URL("used.json", import.meta.url).pathname;
const { code, count } = eager(outputFiles[0].text, used);
const script = `figure-${digest(code)}.js`;
for (const name of readdirSync(OUT)) if (/^figure-.*\.js$/.test(name)) rmSync(join(OUT, name));
writeFileSync(join(OUT, script), code);
console.log(`${script}: ${code.length} characters, ${count} eager`);
