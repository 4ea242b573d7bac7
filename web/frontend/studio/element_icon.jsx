// The kind of an element as a character of the editor's own font, for the head of the panel: as
// drawings they weighed more than the panel itself.
const NAMES = [
  [/^SequenceFlow$/, "connection"],
  [/^(Conditional|Default)Flow$/, (_, kind) => `${kind.toLowerCase()}-flow`],
  [/^(User|Manual|Service|Script|Send|Receive|BusinessRule)Task$/, (type) => dashed(type)],
  [/^CallActivity$/, "call-activity"],
  [/^(Expanded|Collapsed|Event).*SubProcess$/, (_, kind) => `subprocess-${kind === "Collapsed" ? "collapsed" : "expanded"}`],
  [/^Transaction$/, "transaction"],
  [/^(Lane|Participant|Group)$/, (_, kind) => kind.toLowerCase()],
  [/^TextAnnotation$/, "text-annotation"],
  [/^ExclusiveGateway$/, "gateway-xor"],
  [/^ParallelGateway$/, "gateway-parallel"],
  [/^InclusiveGateway$/, "gateway-or"],
  [/^ComplexGateway$/, "gateway-complex"],
  [/^EventBasedGateway$/, "gateway-eventbased"],
  [/^(\w*)StartEvent(NonInterrupting)?$/, (_, of, beside) => event("start-event", of, beside)],
  [/^(\w*)EndEvent$/, (_, of) => event("end-event", of)],
  [/^(\w+)IntermediateThrowEvent$/, (_, of) => event("intermediate-event-throw", of)],
  [/^(\w+)(?:IntermediateCatch|Boundary)Event(NonInterrupting)?$/, (_, of, beside) => event("intermediate-event-catch", of, beside)],
  [/^(IntermediateThrow|Boundary)Event$/, "intermediate-event-none"],
  [/Task$/, "task-none"],
]; // prettier-ignore
const MARKS = { Compensate: "compensation", Conditional: "condition", "": "none" };

function dashed(type) {
  return type.replace(/\B[A-Z]/g, "-$&").toLowerCase();
}

function event(place, of, beside) {
  return `${place}-${beside ? "non-interrupting-" : ""}${MARKS[of] ?? dashed(of)}`;
}

export function elementIcon(type) {
  const [pattern, name] = NAMES.find(([each]) => each.test(type)) ?? [];
  if (!pattern) return undefined;
  const made = typeof name === "string" ? name : name(...type.match(pattern));
  return () => <span class={`al-element-icon bpmn-icon-${made}`} aria-hidden="true" />;
}
