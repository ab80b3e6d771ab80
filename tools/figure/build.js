// Packs `figure.js` with the part of plotly.js that it uses: `npm run build`. See README.md.

import { createHash } from "node:crypto";
import { readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { build } from "esbuild";

import { eager } from "../bundle/eager.js";

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

const { code, count } = eager(outputFiles[0].text);
const hash = createHash("sha256").update(code).digest("hex").slice(0, 8).toUpperCase();
for (const name of readdirSync(OUT)) if (/^figure-.*\.js$/.test(name)) rmSync(join(OUT, name));
writeFileSync(join(OUT, `figure-${hash}.js`), code);
console.log(`figure-${hash}.js: ${code.length} characters, ${count} eager`);
