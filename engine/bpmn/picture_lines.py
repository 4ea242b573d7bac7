"""Writes lines, arrows and blocks of text as SVG (pure geometry)."""

from __future__ import annotations

import math
from xml.sax.saxutils import escape

from engine.bpmn.picture_layout import Box, Edge
from engine.bpmn.picture_text import LEADING, SIZE


def text_lines(
    lines: list[str],
    x: float,
    y: float,
    *,
    turn: str = "",
    anchor: str = "middle",
    halo: bool = False,
    weight: str = "",
) -> str:
    """Set lines of text around a centre; a halo keeps them readable on top of flows."""
    if not lines:
        return ""
    first = y - (len(lines) - 1) * LEADING / 2 + SIZE * 0.35
    spans = "".join(
        f'<tspan x="{n(x)}" y="{n(first + place * LEADING)}">{escape(line)}</tspan>'
        for place, line in enumerate(lines)
    )
    bold = f' font-weight="{weight}"' if weight else ""
    text = (
        f'<text class="al-label" text-anchor="{anchor}" fill="#18242d"{bold}{turn}>{spans}</text>'
    )
    if not halo:
        return text
    behind = (
        f'<text class="al-halo" aria-hidden="true" text-anchor="{anchor}" fill="none" stroke="#fff"'
        f' stroke-width="4" stroke-linejoin="round"{turn}>{spans}</text>'
    )
    return behind + text


def rect(box: Box) -> str:
    """Write a rectangle's attributes."""
    return f'x="{n(box.x)}" y="{n(box.y)}" width="{n(box.width)}" height="{n(box.height)}"'


def rounded(points: tuple[tuple[float, float], ...], radius: float = 6) -> str:
    """Give a line through the points with rounded bends."""
    path = [f"M{n(points[0][0])},{n(points[0][1])}"]
    for before, at, after in zip(points, points[1:], points[2:], strict=False):
        inner = min(radius, math.dist(before, at) / 2, math.dist(at, after) / 2)
        x1, y1 = toward(at, before, inner)
        x2, y2 = toward(at, after, inner)
        path.append(f"L{n(x1)},{n(y1)}Q{n(at[0])},{n(at[1])} {n(x2)},{n(y2)}")
    path.append(f"L{n(points[-1][0])},{n(points[-1][1])}")
    return "".join(path)


def toward(start: tuple[float, float], end: tuple[float, float], by: float) -> tuple[float, float]:
    """Go some way from one point to another."""
    length = math.dist(start, end)
    if not length:
        return start
    return (
        start[0] + (end[0] - start[0]) * by / length,
        start[1] + (end[1] - start[1]) * by / length,
    )


def arrow(before: tuple[float, float], tip: tuple[float, float]) -> str:
    """Draw the head of an arrow."""
    x, y = toward(tip, before, 9)
    length = math.dist(before, tip) or 1
    across = ((tip[1] - before[1]) / length * 4, -(tip[0] - before[0]) / length * 4)
    return (
        f"M{n(tip[0])},{n(tip[1])}L{n(x + across[0])},{n(y + across[1])}"
        f"L{n(x - across[0])},{n(y - across[1])}z"
    )


def tail(edge: Edge) -> str:
    """Draw the slash of a default flow, or the small diamond of a conditional one."""
    start, after = edge.points[0], edge.points[1]
    if edge.default:
        x, y = toward(start, after, 10)
        length = math.dist(start, after) or 1
        along = ((after[0] - start[0]) / length * 4, (after[1] - start[1]) / length * 4)
        across = (-along[1], along[0])
        return (
            f"M{n(x - along[0] - across[0])},{n(y - along[1] - across[1])}"
            f"L{n(x + along[0] + across[0])},{n(y + along[1] + across[1])}"
        )
    middle, far = toward(start, after, 8), toward(start, after, 16)
    across = (-(far[1] - start[1]) / 4, (far[0] - start[0]) / 4)
    return (
        f"M{n(start[0])},{n(start[1])}L{n(middle[0] + across[0])},{n(middle[1] + across[1])}"
        f"L{n(far[0])},{n(far[1])}L{n(middle[0] - across[0])},{n(middle[1] - across[1])}z"
    )


def n(value: float) -> str:
    """Write a coordinate: one decimal is finer than any screen."""
    return f"{round(value, 1):g}" if abs(value) < 1e6 else "0"
