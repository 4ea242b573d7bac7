// Bundles app.js and the styles, draws the icon sprite, and copies the licences of what is bundled.
// Called by hatch_build.py; the output folder is given in ALUR_BUNDLE.
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { build } from "esbuild";
import * as sass from "sass";
import { ICONS } from "./icons.mjs";

const here = fileURLToPath(new URL(".", import.meta.url));
const target = process.env.ALUR_BUNDLE ?? "../static/dist";
// A server that is running keeps the old bundle until the new one is whole; two builds do not meet.
const out = `${target}.new-${process.pid}`;
process.on("exit", () => rmSync(out, { recursive: true, force: true })); // of a build that failed
const BUNDLED = [
  "htmx.org", "bootstrap", "bootstrap-icons", "bpmn-js", "bpmn-js-properties-panel",
  "@bpmn-io/properties-panel", "bpmn-js-color-picker", "bpmn-js-token-simulation", "diagram-js",
  "diagram-js-minimap", "dmn-js", "@bpmn-io/form-js-editor", "@bpmn-io/form-js-viewer",
]; // prettier-ignore

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

// What the panel brings along for engines that are not ours is left out, by exact text: a new version
// that says it otherwise stops the build.
const PANEL = [
  // Its other two providers; only these lines keep them from being left out as unused.
  [/^(Zeebe|CamundaPlatform)PropertiesProvider\.\$inject = .*$/gm, ""],
  // A drawing for each kind of element, 200 kB of them: the font has them all.
  ["return iconsByType[concreteType];", "return elementIcon(concreteType);"],
  [/^/, 'import { elementIcon } from "alur/studio/element_icon.jsx";\n'],
];
const LEFT_OUT = {
  // The functions of FEEL are those of our engine.
  "@camunda/feel-builtins": `
    import builtins from "alur/studio/builtins.json";
    export const camundaBuiltins = builtins;`,
  // Which of them a version of that other engine has.
  "@bpmn-io/semver-compat": "export const isCompatible = () => true;",
};
const FEELERS = "export class FeelersEditor {}"; // an editor of templates, that forms alone have

const withoutOthers = {
  name: "without-others",
  setup(b) {
    b.onResolve({ filter: /^alur\// }, ({ path }) => ({ path: join(here, path.slice(5)) }));
    b.onResolve({ filter: /^@(camunda|bpmn-io)\/(feel-builtins|semver-compat)$/ }, ({ path }) => ({
      path,
      namespace: "left-out",
      sideEffects: false,
    }));
    b.onResolve({ filter: /^@bpmn-io\/feelers-editor$/ }, ({ path, importer }) =>
      /@bpmn-io[\\/]properties-panel[\\/]/.test(importer)
        ? { path, namespace: "left-out", sideEffects: false }
        : undefined,
    );
    b.onLoad({ filter: /.*/, namespace: "left-out" }, ({ path }) => ({
      contents: LEFT_OUT[path] ?? FEELERS,
      resolveDir: here,
    }));
    b.onLoad({ filter: /bpmn-js-properties-panel[\\/]dist[\\/]index\.esm\.js$/ }, ({ path }) => {
      const given = readFileSync(path, "utf8");
      const contents = PANEL.reduce((text, [old, made]) => {
        const after = text.replace(old, made);
        if (after === text) throw new Error(`Expected ${old} in ${path}, but it is not there.`);
        return after;
      }, given);
      return { contents, loader: "js" };
    });
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

function licenceOf(name, license) {
  try {
    return readFileSync(`node_modules/${name}/LICENSE`, "utf8").trim();
  } catch {
    return `${license}: see the package's page`; // it came without its text
  }
}

function licences() {
  return BUNDLED.map((name) => {
    const { version, license } = JSON.parse(readFileSync(`node_modules/${name}/package.json`, "utf8"));
    const text = licenceOf(name, license);
    return `${name} ${version} (${license})\n\n${text}\n`;
  }).join(`\n${"-".repeat(72)}\n\n`);
}

rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });
const result = await build({
  entryPoints: ["app.js", "passkeys.js", "styles/app.scss", "styles/studio.scss"],
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
// The studio's editors are bundles of their own: nobody else's page gets larger by them.
const studio = await build({
  entryPoints: ["bpmn", "dmn", "form", "text"].map((kind) => `studio/studio_${kind}.js`),
  bundle: true,
  minify: true,
  splitting: true,
  format: "esm",
  target: "es2022",
  outdir: out,
  outbase: "studio",
  entryNames: "[name]-[hash]",
  chunkNames: "studio-[hash]",
  assetNames: "[name]-[hash]",
  jsx: "automatic",
  jsxImportSource: "@bpmn-io/properties-panel/preact",
  loader: { ".woff2": "file", ".woff": "empty", ".ttf": "empty", ".eot": "empty", ".svg": "empty" },
  define: { "process.env.NODE_ENV": '"production"' },
  plugins: [withoutOthers],
  metafile: true,
  legalComments: "linked",
  logLevel: "error",
});
// What a script imports at once, for pages to ask for all of it together.
function importedBy(outputs, file) {
  const next = outputs[file].imports.filter(({ kind }) => kind === "import-statement");
  return next.flatMap(({ path }) => [path, ...importedBy(outputs, path)]);
}

// Packed as small as it gets, once; the server only hands out.
function pack(file) {
  const content = readFileSync(file);
  const params = { [constants.BROTLI_PARAM_SIZE_HINT]: content.length };
  writeFileSync(`${file}.br`, brotliCompressSync(content, { params })); // of quality 11
  writeFileSync(`${file}.gz`, gzipSync(content, { level: 9 }));
}

const manifest = { imported: {} };
for (const [file, made] of Object.entries({
  ...result.metafile.outputs,
  ...studio.metafile.outputs,
})) {
  if (!made.entryPoint) continue;
  const name = basename(made.entryPoint).replace(/^.*:/, "").replace(/\.scss$/, ".css");
  manifest[name] = basename(file);
  if (studio.metafile.outputs[file]) {
    const all = importedBy(studio.metafile.outputs, file).map((each) => basename(each));
    manifest.imported[name] = [...new Set(all)];
  }
  if (made.cssBundle) manifest[name.replace(/\.js$/, ".css")] = basename(made.cssBundle);
}
manifest["icons.svg"] = named("icons.svg", sprite());
manifest["alur.svg"] = named("alur.svg", readFileSync("alur.svg"));
writeFileSync(join(out, "licences.txt"), licences());
writeFileSync(join(out, "manifest.json"), `${JSON.stringify(manifest, null, 1)}\n`);
for (const file of readdirSync(out)) if (/\.(js|css|svg)$/.test(file)) pack(join(out, file));
rmSync(target, { recursive: true, force: true });
renameSync(out, target);
