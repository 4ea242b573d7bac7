// Bundles app.js and the styles, draws the icon sprite, and copies the licences of what is bundled.
// Called by hatch_build.py; the output folder is given in ALUR_BUNDLE.
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { build } from "esbuild";
import * as sass from "sass";
import { ICONS } from "./icons.mjs";

const target = process.env.ALUR_BUNDLE ?? "../static/dist";
const out = `${target}.new`; // a server that is running keeps the old bundle until the new one is whole
const BUNDLED = ["htmx.org", "bootstrap", "bootstrap-icons"];

const scss = {
  name: "scss",
  setup(b) {
    b.onLoad({ filter: /\.scss$/ }, ({ path }) => ({
      contents: sass.compile(path, {
        loadPaths: ["node_modules"],
        quietDeps: true,
        silenceDeprecations: ["import", "global-builtin", "color-functions", "if-function"],
      }).css,
      loader: "css",
    }));
  },
};

function named(name, content) {
  const hash = createHash("sha256").update(content).digest("hex").slice(0, 8).toUpperCase();
  const file = name.replace(/(\.\w+)$/, `-${hash}$1`);
  writeFileSync(join(out, file), content);
  return file;
}

function sprite() {
  const symbols = ICONS.map((icon) => {
    const svg = readFileSync(`node_modules/bootstrap-icons/icons/${icon}.svg`, "utf8");
    const inner = svg.replace(/^[\s\S]*?<svg[^>]*>/, "").replace(/<\/svg>\s*$/, "").trim();
    return `<symbol id="${icon}" viewBox="0 0 16 16" fill="currentColor">${inner}</symbol>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg">\n${symbols.join("\n")}\n</svg>\n`;
}

function licences() {
  return BUNDLED.map((name) => {
    const { version, license } = JSON.parse(readFileSync(`node_modules/${name}/package.json`, "utf8"));
    const text = readFileSync(`node_modules/${name}/LICENSE`, "utf8").trim();
    return `${name} ${version} (${license})\n\n${text}\n`;
  }).join(`\n${"-".repeat(72)}\n\n`);
}

rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });
const result = await build({
  entryPoints: ["app.js", "styles/app.scss"],
  bundle: true,
  minify: true,
  format: "esm",
  target: "es2022",
  outdir: out,
  outbase: ".",
  entryNames: "[name]-[hash]",
  plugins: [scss],
  metafile: true,
  legalComments: "linked",
  logLevel: "warning",
});
const manifest = {};
for (const [file, made] of Object.entries(result.metafile.outputs)) {
  if (!made.entryPoint) continue;
  const name = basename(made.entryPoint).replace(/^.*:/, "").replace(/\.scss$/, ".css");
  manifest[name] = basename(file);
}
manifest["icons.svg"] = named("icons.svg", sprite());
manifest["alur.svg"] = named("alur.svg", readFileSync("alur.svg"));
writeFileSync(join(out, "licences.txt"), licences());
writeFileSync(join(out, "manifest.json"), `${JSON.stringify(manifest, null, 1)}\n`);
rmSync(target, { recursive: true, force: true });
renameSync(out, target);
