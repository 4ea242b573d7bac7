// Nothing is offered that `alur check` would refuse: no untyped tasks, no data stores, no event where
// nothing can set it off.
import { isEventSubProcess } from "bpmn-js/lib/util/DiUtil";
import { isAny } from "bpmn-js/lib/util/ModelUtil";

const TASKS = [
  ["create.user-task", "bpmn:UserTask", "bpmn-icon-user-task", "Create user task"],
  ["create.service-task", "bpmn:ServiceTask", "bpmn-icon-service-task", "Create service task"],
  ["create.rule-task", "bpmn:BusinessRuleTask", "bpmn-icon-business-rule-task", "Create decision"],
  ["create.script-task", "bpmn:ScriptTask", "bpmn-icon-script-task", "Create script task"],
];
const NOT_DRAWN = ["create.task", "create.data-store", "create.data-object", "create.group"];
const SCOPES = ["bpmn:SubProcess", "bpmn:CallActivity"];
const thrownIn = (host, types) => Boolean(host) && isAny(host, types);
// What an entry of the menu would make, and for which elements it is left out nevertheless.
const NOT_REPLACED = [
  [/^replace-with-task$/, () => true],
  [/data-store/, () => true],
  [/^replace-with-conditional-start$/, ({ parent }) => !(parent && isEventSubProcess(parent))],
  [/error-boundary$/, ({ host }) => !thrownIn(host, [...SCOPES, "bpmn:ServiceTask"])],
  [/escalation-boundary$/, ({ host }) => !thrownIn(host, SCOPES)],
];

class Offers {
  constructor(palette, contextPad, popupMenu, elementFactory, create, autoPlace, translate) {
    Object.assign(this, { elementFactory, create, autoPlace, translate });
    palette.registerProvider(200, this);
    contextPad.registerProvider(200, this);
    popupMenu.registerProvider("bpmn-replace", 200, this);
  }

  getPaletteEntries() {
    return (entries) => {
      const made = TASKS.map(([id, type, className, title]) => [id, this.#task(type, className, title)]);
      return Object.entries(entries).reduce((kept, [id, entry]) => {
        if (id === "create.task") return { ...kept, ...Object.fromEntries(made) };
        return NOT_DRAWN.includes(id) ? kept : { ...kept, [id]: entry };
      }, {});
    };
  }

  getContextPadEntries(element) {
    return (entries) => {
      if (entries["append.append-task"]) {
        const append = (event, source) => {
          const shape = this.elementFactory.createShape({ type: "bpmn:UserTask" });
          this.autoPlace.append(source ?? element, shape);
        };
        entries["append.append-task"] = {
          ...entries["append.append-task"],
          className: "bpmn-icon-user-task",
          title: this.translate("Append user task"),
          action: { click: append, dragstart: this.#start("bpmn:UserTask", element) },
        };
      }
      return entries;
    };
  }

  getPopupMenuEntries(element) {
    const refused = (id) => NOT_REPLACED.some(([name, where]) => name.test(id) && where(element));
    return (entries) => Object.fromEntries(Object.entries(entries).filter(([id]) => !refused(id)));
  }

  #start(type, source) {
    return (event) =>
      this.create.start(event, this.elementFactory.createShape({ type }), { source });
  }

  #task(type, className, title) {
    const start = (event) => this.create.start(event, this.elementFactory.createShape({ type }));
    return {
      group: "activity",
      className,
      title: this.translate(title),
      action: { dragstart: start, click: start },
    };
  }
}
Offers.$inject = [
  "palette",
  "contextPad",
  "popupMenu",
  "elementFactory",
  "create",
  "autoPlace",
  "translate",
];

export default { __init__: ["alurOffers"], alurOffers: ["type", Offers] };
