"""Decision models (DMN 1.2 to 1.5): load, evaluate, explain; `check.py` finds gaps and overlaps."""

from engine.dmn.model import DecisionInfo, Model, Slot, load
from engine.dmn.trace import Explanation, Step

__all__ = ["DecisionInfo", "Explanation", "Model", "Slot", "Step", "load"]
