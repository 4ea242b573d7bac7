"""Draws a model anew: `layout` gives its file with a layout made from the flows alone.

The way of it: sketch (what is there) -> ranking (columns) -> placing (rows) -> routing (flows over
a coarse grid) -> tracks (side by side in gutters) -> naming (labels) -> spacing (coordinates) ->
drawing -> writing.  Nothing overlaps, by construction: cells hold shapes and labels, and flows run
in the gutters between them or through cells that nothing stands in.
"""

from __future__ import annotations

from lxml import etree

from engine.bpmn.layout.drawing import draw
from engine.bpmn.layout.sizes import task_width
from engine.bpmn.layout.sketch import sketch_of
from engine.bpmn.layout.writing import write
from engine.dmn.xml import parse_xml

__all__ = ["layout"]

_MARGIN = 40


def layout(bpmn: bytes) -> bytes:
    """Give a BPMN file with its diagram drawn anew and everything else as it was.

    The same file gives the same bytes, and a file that was laid out stays as it is.  Raises
    InvalidProcess where the bytes are no XML; a file without anything to draw keeps none.
    """
    parse_xml(bpmn)  # refuses what must not be read; comments stay only in what is read below
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, strip_cdata=False
    )
    root = etree.fromstring(bpmn, parser)
    shown, sketch = sketch_of(root)
    drawing = draw(sketch, task_width(sketch.names()))
    return write(root, shown, drawing.moved(_MARGIN, _MARGIN))
