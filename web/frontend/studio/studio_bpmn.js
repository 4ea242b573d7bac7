// The editor of process.bpmn.
import "./csp.js";
import BpmnModeler from "bpmn-js/lib/Modeler";
import colors from "bpmn-js-color-picker";
import { BpmnPropertiesPanelModule, BpmnPropertiesProviderModule } from "bpmn-js-properties-panel";
import simulation from "bpmn-js-token-simulation";
import minimap from "diagram-js-minimap";
import "bpmn-js/dist/assets/diagram-js.css";
import "bpmn-js/dist/assets/bpmn-js.css";
import "bpmn-js/dist/assets/bpmn-font/css/bpmn.css";
import "@bpmn-io/properties-panel/dist/assets/properties-panel.css";
import "bpmn-js-color-picker/colors/color-picker.css";
import "bpmn-js-token-simulation/assets/css/bpmn-js-token-simulation.css";
import "diagram-js-minimap/assets/diagram-js-minimap.css";
import { Extensions } from "./extensions.js";
import { indonesian } from "./indonesian.js";
import moddle from "./moddle.json";
import { unfolded } from "./names.js";
import panel from "./panel.jsx";
import palette from "./palette.js";
import { Keeper, given } from "./saving.js";

const begun = await given();
const faults = { marked: [], noted: [] };
const modeler = new BpmnModeler({
  container: "#canvas",
  propertiesPanel: { parent: "#panel" },
  moddleExtensions: { spiffworkflow: moddle },
  additionalModules: [
    BpmnPropertiesPanelModule,
    BpmnPropertiesProviderModule,
    simulation,
    minimap,
    colors,
    palette,
    panel,
    { alurExtensions: ["type", Extensions], alurChoices: ["value", begun.choices] },
    ...(begun.language === "id" ? [indonesian] : []),
  ],
});

// The dots on the elements that have findings; pointing at one tells them.
function mark({ findings }) {
  const canvas = modeler.get("canvas");
  const overlays = modeler.get("overlays");
  const registry = modeler.get("elementRegistry");
  for (const [id, name] of faults.marked) if (registry.get(id)) canvas.removeMarker(id, name);
  for (const id of faults.noted) overlays.remove(id);
  faults.marked = [];
  faults.noted = [];
  const byElement = Map.groupBy(
    findings.filter((one) => registry.get(one.element)),
    (one) => one.element,
  );
  for (const [id, rows] of byElement) {
    const worst = rows[0].severity;
    canvas.addMarker(id, `al-has-${worst}`);
    faults.marked.push([id, `al-has-${worst}`]);
    const dot = document.createElement("div");
    dot.className = `al-dot al-dot-${worst}`;
    dot.textContent = "!";
    dot.title = rows.map((row) => row.words).join("\n");
    faults.noted.push(overlays.add(id, "findings", { position: { top: -10, left: -10 }, html: dot }));
  }
}

function choose(id) {
  const found = modeler.get("elementRegistry").get(id);
  if (!found) return;
  modeler.get("selection").select(found);
  modeler.get("canvas").scrollToElement(found, 80);
  document.getElementById("canvas").scrollIntoView({ block: "nearest" });
  modeler.get("canvas").focus();
}

// The whole drawing, beside the palette where that stands.
function fit() {
  const canvas = modeler.get("canvas");
  canvas.resized();
  const { inner, outer } = canvas.viewbox();
  const edge = 10;
  const taken = document.querySelector(".djs-palette").getBoundingClientRect().width;
  const left = taken ? taken + 30 : edge;
  const scale = Math.min(
    (outer.width - left - edge) / inner.width,
    (outer.height - 2 * edge) / inner.height,
    1,
  );
  if (!(scale > 0) || !Number.isFinite(scale)) return canvas.zoom("fit-viewport", "auto");
  const [width, height] = [outer.width / scale, outer.height / scale];
  const [x, y] = [inner.x - left / scale, inner.y - (height - inner.height) / 2];
  return canvas.viewbox({ x, y, width, height });
}

const ACTIONS = {
  undo: () => modeler.get("commandStack").undo(),
  redo: () => modeler.get("commandStack").redo(),
  find: () => modeler.get("searchPad").toggle(),
  fit,
  play: (button) => {
    const playing = modeler.get("toggleMode");
    playing.toggleMode();
    button.ariaPressed = String(button.ariaPressed !== "true");
  },
};

const LISTS = ["bpmn:loopDataInputRef", "bpmn:loopDataOutputRef"];

// Lists of repetition are variables, which no element of the file declares: bpmn.io reads none that
// it cannot find, and would write the file without them.
function keepLists(warnings) {
  for (const { element, property, value } of warnings) {
    if (!LISTS.includes(property)) continue;
    const list = modeler.get("moddle").create("bpmn:ItemAwareElement", { id: value });
    element.set(property, list);
  }
}

async function begin() {
  const { warnings } = await modeler.importXML(begun.content);
  keepLists(warnings);
  fit();
  modeler.get("minimap").close?.();
  const keeper = new Keeper(
    begun,
    async () =>
      // What nobody edited, or undid again, keeps its bytes.
      modeler.get("commandStack").canUndo()
        ? (await modeler.saveXML({ format: true })).xml
        : begun.content,
    (said) => {
      mark(said);
      if (said.variables) begun.choices.variables = unfolded(said.variables);
    },
    choose,
  );
  modeler.on("commandStack.changed", () => keeper.changed());
  keeper.ask(); // which variables are known where: more than the page itself, and wanted later
  for (const button of document.querySelectorAll("[data-do]")) {
    button.addEventListener("click", () => ACTIONS[button.dataset.do](button));
  }
  if (begun.readonly) document.getElementById("canvas").classList.add("al-readonly");
  modeler.get("canvas").focus(); // keys work at once
  window.alurModeler = modeler; // for tests, and for whoever wants to look
  document.body.dataset.ready = "bpmn";
}

begin().catch((error) => {
  document.getElementById("saved").textContent = error.message;
  document.body.dataset.ready = "failed";
});
