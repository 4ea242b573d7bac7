"""Which answers of a case somebody may read: `visibleTo` of steps and fields, anonymity first."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from engine.forms import readable_answers
from engine.library import Readied


def may_read(
    definition: Readied, element_id: str | None, readers: Collection[str], everything: bool
) -> bool:
    """Tell whether what an element wrote may be shown.

    readers -- lanes (roles) the reader has in this case, and the element at which he reads, if any
    everything -- the reader may see whatever is not anonymous: an auditor, the agency
    """
    if element_id is None or element_id in definition.anonymous_elements:
        return False
    if everything:
        return True
    model = definition.compiled.user_tasks.get(element_id)
    if model is None:  # what scripts and services compute is shown by forms, not as it stands
        return False
    return not model.visible_to or bool(set(model.visible_to) & set(readers))


def as_readable(
    definition: Readied,
    element_id: str | None,
    value: Any,
    readers: Collection[str],
    everything: bool,
) -> Any:
    """Leave out of what an element wrote the fields that these readers may not see."""
    form = None if everything or element_id is None else definition.form_of(element_id)
    return value if form is None else readable_answers(form, value, readers)
