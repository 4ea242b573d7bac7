// What the properties panel asks about each element: our own groups beside those of bpmn-js.
// Components are constants of this module: made anew at each keystroke they would lose the typing.
import {
  CheckboxEntry,
  FeelEntry,
  FeelTextAreaEntry,
  SelectEntry,
  TextAreaEntry,
  TextFieldEntry,
  isCheckboxEntryEdited,
  isFeelEntryEdited,
  isSelectEntryEdited,
  isTextAreaEntryEdited,
  isTextFieldEntryEdited,
} from "@bpmn-io/properties-panel";
import { useService } from "bpmn-js-properties-panel";
import { getBusinessObject, is, isAny } from "bpmn-js/lib/util/ModelUtil";
import { branches } from "./names.js";
import { operatorOf, parametersOf, property, textOf } from "./extensions.js";

const DECISION = "spiffworkflow:CalledDecisionId";

function useTools() {
  return {
    extensions: useService("alurExtensions"),
    modeling: useService("modeling"),
    debounce: useService("debounceInput"),
    translate: useService("translate"),
    choices: useService("alurChoices"),
  };
}

function variablesAt(choices, element) {
  const known = branches(choices.variables?.[element.businessObject.id] ?? []);
  const functions = choices.functions.map(({ name, parameters, result, doc }) => ({
    name,
    type: "function",
    params: parameters,
    detail: result,
    info: doc,
  }));
  return [...known, ...functions];
}

// Fields over a getter and a setter: get(element), set(tools, element, value).
const KINDS = {
  text: [TextFieldEntry, isTextFieldEntryEdited],
  area: [TextAreaEntry, isTextAreaEntryEdited],
  feel: [FeelEntry, isFeelEntryEdited],
  script: [FeelTextAreaEntry, isFeelEntryEdited],
  select: [SelectEntry, isSelectEntryEdited],
  check: [CheckboxEntry, isCheckboxEntryEdited],
};
const FORMULAS = new Set(["feel", "script"]);

function entry(id, label, kind, { get, set, options, hint = "" }) {
  const [Component, isEdited] = KINDS[kind];
  function Entry({ element }) {
    const tools = useTools();
    const given = get(element);
    const props = {
      element,
      id,
      label: tools.translate(label),
      description: hint && tools.translate(hint),
      debounce: tools.debounce,
      getValue: () => given,
      // The panel puts an equals sign before formulas; models of ours do without.
      setValue: (value) =>
        set(tools, element, FORMULAS.has(kind) ? (value ?? "").replace(/^=\s*/, "") : value),
    };
    if (kind === "select") {
      const list = options(tools.choices, element);
      const known = list.some(({ value }) => value === given);
      const lost = given && !known ? [{ value: given, label: `${given} ?` }] : [];
      props.getOptions = () => [{ value: "", label: "–" }, ...lost, ...list];
    }
    if (FORMULAS.has(kind)) {
      props.feel = "required";
      props.variables = variablesAt(tools.choices, element);
      props.getValue = () => given;
    }
    return <Component {...props} />;
  }
  return { id, component: Entry, isEdited };
}

function ours(name, label, kind, more = {}) {
  return entry(`alur-${name}`, label, kind, {
    get: (element) =>
      kind === "check" ? property(element, name) === "true" : property(element, name),
    set: ({ extensions }, element, value) =>
      extensions.setProperty(element, name, value === true ? "true" : value || ""),
    ...more,
  });
}

const object = getBusinessObject;
const expression = (find, name) => ({
  get: (element) => find(element)?.get(name)?.body ?? "",
  set: ({ extensions }, element, value) =>
    extensions.setExpression(element, find(element), name, value),
});

const RESULT = ours("result", "Result variable", "text");
const PEOPLE = [
  ours("form", "Form", "select", { options: (choices) => choices.forms }),
  RESULT,
  ours("due", "Due", "text", { hint: "P5D, 5 hari kerja, a date, or FEEL" }),
  ours("title", "Title template", "text", { hint: "Text with FEEL in braces: Nilai {subject_name}" }),
  ours("candidateGroup", "Candidate group", "select", {
    options: (choices) => choices.groups,
    hint: "Instead of the lane",
  }),
  ours("assignee", "Assignee", "feel", { hint: "A person, in FEEL; instead of the lane" }),
  ours("escalation", "Escalation policy", "select", {
    options: (choices) => choices.escalations.map((value) => ({ value, label: value })),
  }),
  ours("notSameAs", "Not the same person as", "text", { hint: "Ids of user tasks" }),
  ours("visibleTo", "Answers visible to", "text", { hint: "Roles; empty: everybody who may read the case" }),
];
const ANONYMOUS = ours("anonymous", "Anonymous", "check");
const SCRIPT = entry("alur-script", "Script", "script", {
  get: (element) => object(element).get("script") ?? "",
  set: ({ modeling }, element, script) => modeling.updateProperties(element, { script }),
  hint: "A FEEL context: { name: value, other: name + 1 }",
});
const CONDITION = entry("alur-condition", "Condition", "feel", expression(object, "conditionExpression"));
const ACTIVATION = entry("alur-activation", "Condition", "feel", expression(object, "activationCondition"));
const eventOf = (element) => (object(element).get("eventDefinitions") ?? [])[0];
const AWAITED = entry("alur-awaited", "Condition", "feel", expression(eventOf, "condition"));
const DECISIONS = [
  entry("alur-decision", "Decision", "select", {
    get: (element) => textOf(element, DECISION).trim(),
    set: ({ extensions }, element, value) => extensions.setText(element, DECISION, value),
    options: (choices) => choices.decisions,
  }),
  RESULT,
];
const SERVICE = entry("alur-service", "Service", "select", {
  get: (element) => operatorOf(element)?.id ?? "",
  set: ({ extensions, choices }, element, value) =>
    extensions.setService(
      element,
      choices.services.find((service) => service.value === value),
      value,
    ),
  options: (choices) => choices.services,
});
const SERVICE_RESULT = entry("alur-service-result", "Result variable", "text", {
  get: (element) => operatorOf(element)?.resultVariable ?? "",
  set: ({ extensions }, element, resultVariable) =>
    extensions.setOperator(element, { resultVariable: resultVariable || undefined }),
});
const PARAMETERS = new Map();

function parameter(id, type) {
  const key = `${id} ${type}`;
  if (!PARAMETERS.has(key)) {
    const made = entry(`alur-parameter-${id}`, `${id} (${type})`, "feel", {
      get: (element) => parametersOf(element)[id] ?? "",
      set: ({ extensions }, element, value) => {
        const found = operatorOf(element).get("parameters").get("values");
        extensions.set(element, found.find((one) => one.id === id), { value });
      },
    });
    PARAMETERS.set(key, made);
  }
  return PARAMETERS.get(key);
}

const CATCHES = [ours("correlation", "Correlation", "feel", { hint: "Which case is meant" }), RESULT];
const THROWS = [
  ours("correlation", "Correlation", "feel", { hint: "Which case is meant" }),
  ours("payload", "Payload", "feel", { hint: "A FEEL context" }),
  ours("ttl", "Kept until", "text", { hint: "P90D, a date, or FEEL" }),
];
const CALLS = [
  entry("alur-called", "Process", "select", {
    get: (element) => object(element).get("calledElement") ?? "",
    set: ({ modeling }, element, value) =>
      modeling.updateProperties(element, { calledElement: value || undefined }),
    options: (choices) => choices.processes,
  }),
  ours("binding", "Version", "select", {
    options: () => ["latest", "deployment"].map((value) => ({ value, label: value })),
    hint: "Empty: a process of this folder",
  }),
  ours("payload", "Payload", "feel", { hint: "A FEEL context" }),
  RESULT,
  ours("people", "People", "select", {
    options: () => [{ value: "inherit", label: "inherit" }],
  }),
];
const loopOf = (element) => object(element).get("loopCharacteristics");
// A variable that repetition knows by its name: an item has one, a list is pointed to.
const ITEM = ["bpmn:DataInput", "name"];
const LIST = ["bpmn:ItemAwareElement", "id"];
const named = (id, label, property, [type, key], hint) =>
  entry(id, label, "text", {
    hint,
    get: (element) => loopOf(element).get(property)?.[key] ?? "",
    set: ({ extensions }, element, name) => {
      const loop = loopOf(element);
      const made = name ? extensions.make(type, { [key]: name }, loop) : undefined;
      extensions.set(element, loop, { [property]: made });
    },
  });
const SEVERAL = [
  ours("collection", "Collection", "feel", { hint: "A FEEL list: once for each item" }),
  named("alur-item", "Item variable", "inputDataItem", ITEM),
  named("alur-list", "List variable", "loopDataInputRef", LIST, "Instead of a formula: a list that is there"),
  named("alur-output", "Output list", "loopDataOutputRef", LIST, "Where the items of all times are collected"),
  named("alur-output-item", "Output item", "outputDataItem", ITEM, "The variable that goes into the output list"),
  entry("alur-cardinality", "Number of times", "feel", expression(loopOf, "loopCardinality")),
  entry("alur-completion", "Ends early when", "feel", expression(loopOf, "completionCondition")),
];
const LOOP = [
  entry("alur-loop-condition", "Goes on while", "feel", expression(loopOf, "loopCondition")),
  entry("alur-loop-before", "Asked before the first time", "check", {
    get: (element) => Boolean(loopOf(element).get("testBefore")),
    set: ({ extensions }, element, testBefore) =>
      extensions.set(element, loopOf(element), { testBefore: testBefore || undefined }),
  }),
];
const ROLE = entry("alur-role", "Role", "select", {
  get: (element) => object(element).get("name") ?? "",
  set: ({ modeling }, element, name) => modeling.updateProperties(element, { name }),
  options: (choices) => choices.roles,
  hint: "Who does the tasks of this lane",
});

function asksCondition(element) {
  const { source } = element;
  if (!is(element, "bpmn:SequenceFlow") || !isAny(source ?? element, SPLITS)) return false;
  return object(source).default !== object(element);
}

function groupsFor(element) {
  const groups = [];
  const add = (id, label, entries) =>
    groups.push({ id: `alur-${id}`, label, entries, shouldOpen: true });
  const event = eventOf(element);
  const loop = loopOf(element);
  if (is(element, "bpmn:UserTask")) {
    add("people", "Human task", loop?.isSequential === false ? [...PEOPLE, ANONYMOUS] : PEOPLE);
  }
  if (is(element, "bpmn:ManualTask")) add("people", "Human task", PEOPLE.slice(2));
  if (is(element, "bpmn:Lane")) add("role", "Role", [ROLE]);
  if (is(element, "bpmn:ScriptTask")) add("script", "Script", [SCRIPT]);
  if (is(element, "bpmn:BusinessRuleTask")) add("decision", "Decision", DECISIONS);
  if (is(element, "bpmn:ServiceTask")) {
    const found = operatorOf(element)?.get("parameters")?.get("values") ?? [];
    const typed = found.map(({ id, type }) => parameter(id, type ?? "any"));
    add("service", "Service", [SERVICE, ...typed, SERVICE_RESULT]);
  }
  if (is(element, "bpmn:CallActivity")) add("call", "Called process", CALLS);
  if (asksCondition(element)) {
    add("condition", "Condition", [CONDITION]);
  }
  if (is(element, "bpmn:ComplexGateway")) add("activation", "Condition", [ACTIVATION]);
  if (event && is(event, "bpmn:ConditionalEventDefinition")) add("awaited", "Condition", [AWAITED]);
  if (is(element, "bpmn:ReceiveTask")) add("message", "Message", CATCHES);
  if (is(element, "bpmn:SendTask")) add("message", "Message", THROWS);
  if (event && isAny(event, ["bpmn:MessageEventDefinition", "bpmn:SignalEventDefinition"])) {
    const throws = is(element, "bpmn:ThrowEvent");
    const signal = is(event, "bpmn:SignalEventDefinition");
    const rest = throws ? THROWS : CATCHES;
    add("message", "Correlation and data", signal ? (throws ? THROWS.slice(1, 2) : [RESULT]) : rest);
  }
  if (event && isAny(event, ["bpmn:ErrorEventDefinition", "bpmn:EscalationEventDefinition"])) {
    if (is(element, "bpmn:CatchEvent")) add("caught", "Correlation and data", [RESULT]);
  }
  if (loop && is(loop, "bpmn:MultiInstanceLoopCharacteristics")) {
    add("several", "Repetition", is(element, "bpmn:UserTask") ? SEVERAL : [...SEVERAL, RESULT]);
  }
  if (loop && is(loop, "bpmn:StandardLoopCharacteristics")) add("loop", "Repetition", LOOP);
  return groups;
}

const SPLITS = [
  "bpmn:ExclusiveGateway",
  "bpmn:InclusiveGateway",
  "bpmn:ComplexGateway",
  "bpmn:Activity",
];
const REPLACED = new Set(["multiInstance"]);

class Provider {
  constructor(propertiesPanel, translate) {
    this.translate = translate;
    propertiesPanel.registerProvider(500, this);
  }

  getGroups(element) {
    return (groups) => {
      const kept = groups.filter(({ id }) => !REPLACED.has(id));
      const [general, ...rest] = kept;
      const added = groupsFor(element).map((group) => ({
        ...group,
        label: this.translate(group.label),
      }));
      return general ? [general, ...added, ...rest] : added;
    };
  }
}
Provider.$inject = ["propertiesPanel", "translate"];

export default {
  __init__: ["alurProvider"],
  alurProvider: ["type", Provider],
};
