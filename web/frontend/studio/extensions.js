// Reads and writes what a model says beyond BPMN: each change is one step of undo.
import { getBusinessObject } from "bpmn-js/lib/util/ModelUtil";

const PROPERTIES = "spiffworkflow:Properties";

export function extension(element, type) {
  const values = getBusinessObject(element).get("extensionElements")?.get("values") ?? [];
  return values.find((value) => value.$type === type);
}

export function property(element, name) {
  const found = extension(element, PROPERTIES)?.get("values") ?? [];
  return found.find((one) => one.name === name)?.value ?? "";
}

export function textOf(element, type) {
  return extension(element, type)?.body ?? "";
}

// Several changes, undone together.
export class Together {
  constructor(commandStack) {
    this.commandStack = commandStack;
  }

  preExecute(steps) {
    for (const [command, context] of steps) this.commandStack.execute(command, context);
  }
}
Together.$inject = ["commandStack"];

export class Extensions {
  constructor(bpmnFactory, commandStack) {
    this.factory = bpmnFactory;
    this.stack = commandStack;
    commandStack.registerHandler("alur.together", Together);
  }

  setProperty(element, name, value) {
    this.#change(element, PROPERTIES, { values: [] }, (holder) => {
      const others = (holder.get("values") ?? []).filter((one) => one.name !== name);
      const made = value ? [this.#child("spiffworkflow:Property", { name, value }, holder)] : [];
      return { values: [...others, ...made] };
    });
  }

  setText(element, type, body) {
    this.#change(element, type, {}, () => ({ body }));
  }

  // The verb of a service task, with its parameters; what was typed before is kept by name.
  setService(element, service, keep) {
    this.#change(element, "spiffworkflow:ServiceTaskOperator", {}, (operator) => {
      const typed = parametersOf(element);
      const wanted = service?.parameters ?? [];
      const parameters = this.#child("spiffworkflow:Parameters", {}, operator);
      parameters.values = wanted.map(({ id, type }) =>
        this.#child("spiffworkflow:Parameter", { id, type, value: typed[id] ?? "" }, parameters),
      );
      return { id: service?.value ?? keep, parameters };
    });
  }

  setOperator(element, properties) {
    this.#change(element, "spiffworkflow:ServiceTaskOperator", {}, () => properties);
  }

  set(element, target, properties) {
    const context = { element, moddleElement: target, properties };
    this.stack.execute("element.updateModdleProperties", context);
  }

  // A formal expression of a moddle element; without a text it goes away.
  setExpression(element, target, name, body) {
    const made = body ? this.#child("bpmn:FormalExpression", { body }, target) : undefined;
    this.set(element, target, { [name]: made });
  }

  make(type, properties, parent) {
    return this.#child(type, properties, parent);
  }

  #child(type, properties, parent) {
    const made = this.factory.create(type, properties);
    made.$parent = parent;
    return made;
  }

  #change(element, type, begin, change) {
    const object = getBusinessObject(element);
    const steps = [];
    const step = (target, properties) =>
      steps.push([
        "element.updateModdleProperties",
        { element, moddleElement: target, properties },
      ]);
    let holder = object.get("extensionElements");
    let values = holder?.get("values") ?? [];
    if (!holder) {
      holder = this.#child("bpmn:ExtensionElements", { values: [] }, object);
      step(object, { extensionElements: holder });
    }
    let found = extension(element, type);
    if (!found) {
      found = this.#child(type, begin, holder);
      values = [...values, found];
      step(holder, { values });
    }
    step(found, change(found));
    this.stack.execute("alur.together", steps);
  }
}
Extensions.$inject = ["bpmnFactory", "commandStack"];

export function operatorOf(element) {
  return extension(element, "spiffworkflow:ServiceTaskOperator");
}

export function parametersOf(element) {
  const found = operatorOf(element)?.get("parameters")?.get("values") ?? [];
  return Object.fromEntries(found.map(({ id, value }) => [id, value]));
}
