// Nothing is offered that `alur check` would refuse: no untyped tasks, data stores or timer starts.
const TASKS = [
  ["create.user-task", "bpmn:UserTask", "bpmn-icon-user-task", "Create user task"],
  ["create.service-task", "bpmn:ServiceTask", "bpmn-icon-service-task", "Create service task"],
  ["create.rule-task", "bpmn:BusinessRuleTask", "bpmn-icon-business-rule-task", "Create decision"],
  ["create.script-task", "bpmn:ScriptTask", "bpmn-icon-script-task", "Create script task"],
];
const NOT_DRAWN = ["create.task", "create.data-store", "create.data-object", "create.group"];
const NOT_REPLACED = [
  /^replace-with-(timer|conditional)-start$/,
  /^replace-with-task$/,
  /^replace-with-(collapsed|expanded)-ad-hoc-subprocess$/,
  /data-store/,
  /^toggle-loop$/,
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

  getPopupMenuEntries() {
    return (entries) =>
      Object.fromEntries(
        Object.entries(entries).filter(([id]) => !NOT_REPLACED.some((each) => each.test(id))),
      );
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
