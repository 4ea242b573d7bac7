// The editor of decision tables, with the checker's gaps and overlaps below.
import "./csp.js";
import DmnModeler from "dmn-js/lib/Modeler";
import "dmn-js/dist/assets/diagram-js.css";
import "dmn-js/dist/assets/dmn-js-shared.css";
import "dmn-js/dist/assets/dmn-js-drd.css";
import "dmn-js/dist/assets/dmn-js-decision-table.css";
import "dmn-js/dist/assets/dmn-js-decision-table-controls.css";
import "dmn-js/dist/assets/dmn-js-literal-expression.css";
import "dmn-js/dist/assets/dmn-js-boxed-expression.css";
import "dmn-js/dist/assets/dmn-js-boxed-expression-controls.css";
import "dmn-js/dist/assets/dmn-font/css/dmn.css";
import { indonesian } from "./indonesian.js";
import { Keeper, given, redraw } from "./saving.js";

const begun = await given();
const own = begun.language === "id" ? { additionalModules: [indonesian] } : {};
const modeler = new DmnModeler({
  container: "#canvas",
  drd: own,
  decisionTable: own,
  literalExpression: own,
  boxedExpression: own,
});

const HOLES = ["gap", "missing-catch-all"];

// What no row catches stands above the table, with an example of it.
function tellHoles(findings) {
  const place = document.getElementById("gaps");
  const holes = findings.filter(({ rule, file }) => HOLES.includes(rule) && file === begun.file);
  const lines = holes.map(({ name, words }) => {
    const line = document.createElement("p");
    line.textContent = `${name ? `${name}: ` : ""}${words}`;
    return line;
  });
  place.replaceChildren(...lines);
  place.hidden = !lines.length;
}

// Rows of the table that a finding names: their ids stand on the cells.
function mark({ findings }) {
  tellHoles(findings);
  for (const row of document.querySelectorAll("#canvas .al-row-faulty")) {
    row.classList.remove("al-row-faulty");
  }
  for (const one of findings) {
    if (!one.element) continue;
    const cell = document.querySelector(`#canvas [data-row-id="${CSS.escape(one.element)}"]`);
    const row = cell?.closest("tr");
    row?.classList.add("al-row-faulty");
    row?.setAttribute("title", one.words);
  }
}

function choose(id) {
  const found = document.querySelector(`#canvas [data-row-id="${CSS.escape(id)}"]`);
  const view = modeler.getViews().find((one) => one.element.id === id);
  if (view) modeler.open(view);
  (found ?? document.getElementById("canvas")).scrollIntoView({ block: "nearest" });
}

async function begin() {
  await modeler.importXML(begun.content);
  const table = modeler.getViews().find((view) => view.type === "decisionTable");
  if (table && modeler.getViews().filter((view) => view.type === "decisionTable").length === 1) {
    await modeler.open(table);
  }
  const keeper = new Keeper(
    begun,
    async () => (await modeler.saveXML({ format: true })).xml,
    (said) => {
      begun.findings = said.findings;
      mark(said);
      // What is tried stands in the frame's address, and is tried again with what was saved.
      redraw();
    },
    choose,
  );
  const heard = new WeakSet();
  const listen = () => {
    const viewer = modeler.getActiveViewer();
    if (!viewer || heard.has(viewer)) return;
    heard.add(viewer);
    viewer.get("eventBus").on(["elements.changed", "commandStack.changed"], () => keeper.changed());
  };
  modeler.on("views.changed", () => {
    listen();
    mark(begun);
  });
  listen();
  window.alurModeler = modeler;
  document.body.dataset.ready = "dmn";
}

begin().catch((error) => {
  document.getElementById("saved").textContent = error.message;
  document.body.dataset.ready = "failed";
});
