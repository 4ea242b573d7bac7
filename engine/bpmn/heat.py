"""Draws how a process was really lived, over its own diagram: warmth, frequencies, widths.

Warmth is never told by colour alone: the number at the corner of an element says it, too.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from engine.bpmn.picture import Painter, layout_for
from engine.bpmn.picture_layout import Edge, Layout, Shape
from engine.bpmn.picture_lines import n, text_lines

WARMTH = ("#fff", "#fff7e6", "#ffe9bf", "#ffd58a", "#ffb95c", "#ff9a3d")
"""Fills from cold to hot; dark letters are legible on each."""
_WIDEST = 7.0


def heat_map(
    bpmn: bytes,
    *,
    warmth: Mapping[str, int],
    counts: Mapping[str, int],
    flows: Mapping[str, int],
    titles: Mapping[str, str],
    names: Mapping[str, str] | None = None,
) -> str:
    """Draw a process with what happened in it, as SVG.

    warmth -- by element, a place in WARMTH; counts -- how often each element ran;
    flows -- how often each was taken; titles -- what pointing at an element tells
    """
    return _HeatPainter(layout_for(bpmn, names), warmth, counts, flows, titles).paint()


class _HeatPainter(Painter):
    def __init__(
        self,
        layout: Layout,
        warmth: Mapping[str, int],
        counts: Mapping[str, int],
        flows: Mapping[str, int],
        titles: Mapping[str, str],
    ) -> None:
        super().__init__(layout, {}, counts, titles, frozenset())
        self.warmth = warmth
        self.flows = flows
        self.most = max(flows.values(), default=1)
        self.fill = WARMTH[0]

    def element(self, shape: Shape) -> None:
        """Draw an element as warm as it was."""
        self.fill = WARMTH[min(self.warmth.get(shape.id, 0), len(WARMTH) - 1)]
        super().element(shape)

    def _outline(self, opening: str, state: str, width: float) -> None:
        super()._outline(opening, state, width)
        if self.fill != WARMTH[0]:
            warm = self.parts[-1].replace('class="al-shape', 'class="al-shape al-warm', 1)
            self.parts[-1] = warm.replace('fill="#fff"', f'fill="{self.fill}"', 1)

    def edge(self, edge: Edge) -> None:
        """Draw a flow as wide as it was often taken."""
        begun = len(self.parts)
        super().edge(edge)
        taken = self.flows.get(edge.id, 0)
        if taken:
            wide = 1.5 + (_WIDEST - 1.5) * math.log1p(taken) / math.log1p(self.most)
            part = self.parts[begun].replace('stroke-width="1.5"', f'stroke-width="{n(wide)}"', 1)
            self.parts[begun] = part

    def edge_label(self, edge: Edge) -> None:
        """Write a flow's name, and how often it was taken."""
        super().edge_label(edge)
        taken = self.flows.get(edge.id, 0)
        if taken and edge.points:
            (x1, y1), (x2, y2) = max(
                zip(edge.points, edge.points[1:], strict=False), key=lambda ends: math.dist(*ends)
            )
            x, y = (x1 + x2) / 2, (y1 + y2) / 2 + 9
            self.parts.append(text_lines([str(taken)], x, y, halo=True, weight="600"))
