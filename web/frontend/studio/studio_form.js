// The editor of forms, limited to the fields that pages of ours can show.
import "./csp.js";
import { FormEditor } from "@bpmn-io/form-js-editor";
import "@bpmn-io/form-js-editor/dist/assets/form-js-editor.css";
import "@bpmn-io/form-js-viewer/dist/assets/form-js-base.css";
import "@bpmn-io/form-js-editor/dist/assets/properties-panel.css";
import { explained } from "./form_panel.jsx";
import { Keeper, given, redraw } from "./saving.js";

const SHOWN = new Set([
  "default", "textfield", "textarea", "number", "datetime", "checkbox", "checklist", "radio",
  "select", "taglist", "filepicker", "text", "group", "dynamiclist", "spacer", "separator",
]); // prettier-ignore

class OnlyShown {
  constructor(formFields) {
    for (const type of Object.keys(formFields._formFields)) {
      if (!SHOWN.has(type)) delete formFields._formFields[type];
    }
  }
}
OnlyShown.$inject = ["formFields"];

const begun = await given();
const editor = new FormEditor({
  container: document.getElementById("canvas"),
  additionalModules: [
    { __init__: ["alurOnlyShown"], alurOnlyShown: ["type", OnlyShown] },
    explained(begun.language),
  ],
});

function choose(key) {
  const registry = editor.get("formFieldRegistry");
  const found = registry.getAll().find((field) => field.key === key || field.id === key);
  if (found) editor.get("selection").set(found);
}

function* parts(field) {
  yield field;
  for (const one of field.components ?? []) yield* parts(one);
}

// The editor fills in what a form leaves out, such as a choice named Value: id -> key -> value.
function addedTo(drawn, read) {
  const before = new Map([...parts(drawn)].map((one) => [one.id, one]));
  return new Map(
    [...parts(read)]
      .filter(({ id }) => before.has(id))
      .map((one) => {
        const fresh = Object.entries(one).filter(([key]) => !(key in before.get(one.id)));
        return [one.id, new Map(fresh.map(([key, value]) => [key, JSON.stringify(value)]))];
      }),
  );
}

function without(schema, added) {
  for (const one of parts(schema)) {
    for (const [key, value] of added.get(one.id) ?? []) {
      if (JSON.stringify(one[key]) === value) delete one[key];
    }
  }
  return schema;
}

async function begin() {
  await editor.importSchema(JSON.parse(begun.content));
  const unedited = JSON.stringify(editor.getSchema());
  const added = addedTo(JSON.parse(begun.content), editor.getSchema());
  const text = () => {
    const schema = editor.getSchema();
    // What nobody edited keeps its bytes.
    if (JSON.stringify(schema) === unedited) return begun.content;
    return `${JSON.stringify(without(schema, added), null, 2)}\n`;
  };
  const keeper = new Keeper(begun, text, redraw, choose);
  editor.on("changed", () => keeper.changed());
  window.alurEditor = editor;
  document.body.dataset.ready = "form";
}

begin().catch((error) => {
  document.getElementById("saved").textContent = error.message;
  document.body.dataset.ready = "failed";
});
