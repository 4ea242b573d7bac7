"""Makes up models for tests of the layout: any mixture of what can be drawn, from one number."""

from __future__ import annotations

from random import Random

from tests.engine.bpmn.drawing import HEAD, flow, node, timer

WORDS = (
    "periksa",
    "usulan",
    "hasil",
    "pertanggungjawaban",
    "ya",
    "tidak",
    "unit kerja",
    "5",
    "hari",
)
ACTIVITIES = ("userTask", "serviceTask", "scriptTask", "callActivity", "manualTask")
GATEWAYS = ("exclusiveGateway", "parallelGateway", "inclusiveGateway", "eventBasedGateway")
EVENTS = ("intermediateCatchEvent", "intermediateThrowEvent", "endEvent")


def made_up(seed: int, size: int = 9) -> bytes:
    """Give a model with at most about `size` elements in a process, and a frame or none."""
    return _Maker(Random(seed), size).document()


class _Maker:
    def __init__(self, chance: Random, size: int) -> None:
        self.chance = chance
        self.size = size
        self.count = 0

    def key(self, kind: str) -> str:
        self.count += 1
        return f"{kind}_{self.count}"

    def name(self, likely: float = 0.7) -> dict[str, str]:
        if self.chance.random() > likely:
            return {}
        return {"name": " ".join(self.chance.choices(WORDS, k=self.chance.randint(1, 5)))}

    def document(self) -> bytes:
        pools = self.chance.choice((0, 0, 1, 1, 1, 2, 3))
        processes: list[tuple[str, list[str], str]] = []
        for number in range(max(pools, 1)):
            key = f"process_{number}"
            body, ids = self.scope(self.size, 2)
            lanes = self.lanes(ids) if pools and self.chance.random() < 0.7 else ""
            text = f'<bpmn:process id="{key}" isExecutable="true">{lanes}{body}</bpmn:process>'
            processes.append((key, ids, text))
        parts = [text for _, _, text in processes]
        if pools:
            parts.insert(0, self.collaboration(processes))
        return (HEAD + "".join(parts) + "</bpmn:definitions>").encode()

    def collaboration(self, processes: list[tuple[str, list[str], str]]) -> str:
        members = [
            node("participant", f"pool_{key}", processRef=key, **self.name())
            for key, _, _ in processes
        ]
        ends = [list(ids) for _, ids, _ in processes]
        if self.chance.random() < 0.4:
            at = self.chance.randint(0, len(members))
            members.insert(at, node("participant", "outside", **self.name()))
            ends.insert(at, ["outside"])
        for _ in range(self.chance.randint(0, 4) if len(ends) > 1 else 0):
            one, two = self.chance.sample(range(len(ends)), 2)
            members.append(
                node(
                    "messageFlow",
                    self.key("message"),
                    sourceRef=self.chance.choice(ends[one]),
                    targetRef=self.chance.choice(ends[two]),
                    **self.name(0.5),
                )
            )
        return node("collaboration", "collaboration", "".join(members))

    def lanes(self, ids: list[str]) -> str:
        count = self.chance.randint(1, 4)
        refs: list[str] = [""] * count
        # A boundary event is in the lane of its host.
        for key in ids:
            if self.chance.random() < 0.95 and not key.startswith("boundary"):
                refs[self.chance.randrange(count)] += f"<bpmn:flowNodeRef>{key}</bpmn:flowNodeRef>"
        lanes = [node("lane", self.key("lane"), text, **self.name()) for text in refs]
        if count > 2 and self.chance.random() < 0.3:
            inner = node("childLaneSet", self.key("set"), "".join(lanes[:2]))
            lanes[:2] = [node("lane", self.key("lane"), inner, **self.name())]
        return node("laneSet", self.key("set"), "".join(lanes))

    def scope(self, size: int, depth: int) -> tuple[str, list[str]]:
        first = self.key("start")
        parts = [node("startEvent", first, **self.name())]
        kinds = {first: "startEvent"}
        hosts: list[str] = []
        for _ in range(self.chance.randint(1, size)):
            kind = self.chance.choice(ACTIVITIES * 2 + GATEWAYS * 2 + EVENTS)
            inner = ""
            if depth and self.chance.random() < 0.1:
                kind = "subProcess"
                inner, _ = self.scope(3, depth - 1)
            key = self.key(kind)
            kinds[key] = kind
            parts.append(node(kind, key, inner, **self.name()))
            if kind in ACTIVITIES or kind == "subProcess":
                hosts.append(key)
        boundary = []
        for host in hosts:
            while self.chance.random() < 0.25:
                key = self.key("boundary")
                boundary.append(key)
                parts.append(
                    node("boundaryEvent", key, timer("P1D"), attachedToRef=host, **self.name(0.8))
                )
        parts += self.flows(kinds, boundary)
        if self.chance.random() < 0.15:
            key = self.key("handler")
            inner, _ = self.scope(2, 0)
            parts.append(node("subProcess", key, inner, triggeredByEvent="true", **self.name()))
            kinds[key] = "handler"
        if self.chance.random() < 0.15:
            parts += self.notes(list(kinds))
        return "".join(parts), [*kinds, *boundary]

    def flows(self, kinds: dict[str, str], boundary: list[str]) -> list[str]:
        keys = list(kinds)
        into = keys[1:]
        out = [key for key in keys if kinds[key] != "endEvent"]
        pairs: list[tuple[str, str]] = []
        for place, key in enumerate(keys):
            earlier = [other for other in keys[:place] if other in out]
            if earlier and self.chance.random() < 0.95:
                near = earlier[-3:] if self.chance.random() < 0.8 else earlier
                pairs.append((self.chance.choice(near), key))
        for _ in range(self.chance.randint(0, len(keys) // 2)):
            pairs.append((self.chance.choice(out), self.chance.choice(into)))
        pairs += [(key, self.chance.choice(into)) for key in boundary if self.chance.random() < 0.9]
        found = []
        for source, target in pairs:
            text = flow(source, target, key=self.key("flow"))
            name = self.name(0.4).get("name")
            found.append(text.replace(" sourceRef", f' name="{name}" sourceRef') if name else text)
        return found

    def notes(self, keys: list[str]) -> list[str]:
        key = self.key("note")
        text = f"<bpmn:text>{' '.join(WORDS)}</bpmn:text>"
        ends = {"sourceRef": self.chance.choice(keys), "targetRef": key}
        return [
            node("textAnnotation", key, text),
            node("association", self.key("association"), **ends),
            node("dataObjectReference", self.key("data"), **self.name()),
        ]
